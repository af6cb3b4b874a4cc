/** Speaks and hears wideband: ITU-T G.722 at 64 kbit/s, two adaptive sub-bands parted and joined by a mirror filter. */

/** Decodes one stream; every payload continues where the one before ended. */
export const g722Decoder = (): ((payload: Uint8Array) => Int16Array) => {
  const low = freshBand(32);
  const high = freshBand(8);
  const history = new Int32Array(24);
  return (payload) => {
    const pcm = new Int16Array(payload.length * 2);
    for (const [index, code] of payload.entries()) {
      const lowSignal = clamp(low.signal + scaled(low.step, at(LOW_FINE, code & 0x3f)), -16_384, 16_383);
      followLow(low, code & 0x3f);
      const highSignal = clamp(high.signal + scaled(high.step, at(HIGH_FINE, code >> 6)), -16_384, 16_383);
      followHigh(high, code >> 6);

      history.copyWithin(0, 2);
      history[22] = lowSignal + highSignal;
      history[23] = lowSignal - highSignal;
      pcm[2 * index] = saturate(mirrored(history, 1) >> 11);
      pcm[2 * index + 1] = saturate(mirrored(history, 0) >> 11);
    }
    return pcm;
  };
};

/** Encodes one stream, each sub-band by the code that a decoder makes the nearest signal of. */
export const g722Encoder = (): ((pcm: Int16Array) => Uint8Array) => {
  const low = freshBand(32);
  const high = freshBand(8);
  const history = new Int32Array(24);
  return (pcm) =>
    Uint8Array.from({ length: pcm.length / 2 }, (_, index) => {
      history.copyWithin(0, 2);
      history[22] = at(pcm, 2 * index);
      history[23] = at(pcm, 2 * index + 1);
      const [even, odd] = [mirrored(history, 1), mirrored(history, 0)];
      const lowCode = nearest(low, LOW_FINE, (even + odd) >> 14, FIRST_LOW_CODE);
      const highCode = nearest(high, HIGH_FINE, (even - odd) >> 14, 0);
      followLow(low, lowCode);
      followHigh(high, highCode);
      return (highCode << 6) | lowCode;
    });
};

/** The codes before it are reserved. */
const FIRST_LOW_CODE = 4;

const nearest = (band: Band, fine: readonly number[], signal: number, first: number): number => {
  const distance = (code: number): number => Math.abs(band.signal + scaled(band.step, at(fine, code)) - signal);
  let best = first;
  for (let code = first + 1; code < fine.length; code++) if (distance(code) < distance(best)) best = code;
  return best;
};

/** What both ends make of a code, so that they go on from the same. */
const followLow = (band: Band, code: number): void => {
  const coarse = code >> 2;
  const difference = scaled(band.step, at(LOW_COARSE, coarse));
  adaptStep(band, at(LOW_LOG_STEP, at(LOW_LOG_INDEX, coarse)), 18_432, 8);
  predict(band, difference);
};
const followHigh = (band: Band, code: number): void => {
  const difference = scaled(band.step, at(HIGH_FINE, code));
  adaptStep(band, at(HIGH_LOG_STEP, code), 22_528, 10);
  predict(band, difference);
};

/** One sub-band: its predictor (two poles, six zeros) and the size of its quantizer's step. */
type Band = {
  signal: number;
  zeros: number;
  step: number;
  logStep: number;
  readonly poleWeights: [number, number];
  readonly zeroWeights: number[];
  readonly reconstructed: [number, number];
  readonly partial: [number, number];
  readonly differences: number[];
};

const freshBand = (step: number): Band => ({
  signal: 0,
  zeros: 0,
  step,
  logStep: 0,
  poleWeights: [0, 0],
  zeroWeights: [0, 0, 0, 0, 0, 0],
  reconstructed: [0, 0],
  partial: [0, 0],
  differences: [0, 0, 0, 0, 0, 0],
});

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const saturate = (value: number): number => clamp(value, -32_768, 32_767);
const scaled = (a: number, b: number): number => (a * b) >> 15;
const at = (table: ArrayLike<number>, index: number): number => table[index] ?? 0;
const sameSign = (a: number, b: number): boolean => a < 0 === b < 0;

const adaptStep = (band: Band, change: number, limit: number, shift: number): void => {
  band.logStep = clamp(((band.logStep * 127) >> 7) + change, 0, limit);
  const mantissa = at(LOG_TO_LINEAR, (band.logStep >> 6) & 31);
  const exponent = shift - (band.logStep >> 11);
  band.step = (exponent < 0 ? mantissa << -exponent : mantissa >> exponent) << 2;
};

const predict = (band: Band, difference: number): void => {
  const { poleWeights, reconstructed, partial } = band;
  const sum = saturate(band.zeros + difference);
  const leaning = clamp(poleWeights[0] * 4, -32_768, 32_767);
  const against = sameSign(sum, partial[0]) ? -leaning : leaning;
  const second = (sameSign(sum, partial[1]) ? 128 : -128) + (Math.min(against, 32_767) >> 7);
  const weight1 = clamp(second + scaled(poleWeights[1], 32_512), -12_288, 12_288);
  const bound = saturate(15_360 - weight1);
  const first = (sameSign(sum, partial[0]) ? 192 : -192) + scaled(poleWeights[0], 32_640);
  const weight0 = clamp(saturate(first), -bound, bound);

  const learning = difference === 0 ? 0 : 128;
  for (let index = 0; index < 6; index++) {
    const push = sameSign(at(band.differences, index), difference) ? learning : -learning;
    band.zeroWeights[index] = saturate(push + scaled(at(band.zeroWeights, index), 32_640));
  }
  band.differences.unshift(difference);
  band.differences.pop();
  [reconstructed[1], reconstructed[0]] = [reconstructed[0], saturate(band.signal + difference)];
  [partial[1], partial[0]] = [partial[0], sum];
  [poleWeights[0], poleWeights[1]] = [weight0, weight1];

  const poles = saturate(
    scaled(weight0, saturate(2 * reconstructed[0])) + scaled(weight1, saturate(2 * reconstructed[1])),
  );
  const zeros = band.differences.reduce(
    (total, past, index) => total + scaled(at(band.zeroWeights, index), saturate(2 * past)),
    0,
  );
  band.zeros = saturate(zeros);
  band.signal = saturate(poles + band.zeros);
};

/** The two halves of the mirror filter use the same coefficients, one of them backwards. */
const mirrored = (history: Int32Array, phase: 0 | 1): number =>
  MIRROR.reduce((total, weight, index) => total + weight * at(history, phase === 1 ? 23 - 2 * index : 2 * index), 0);

// biome-ignore format: the tables of the recommendation, in its own order
const MIRROR = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];
// biome-ignore format: see above
const LOG_TO_LINEAR = [
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
  2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008];
const LOW_LOG_STEP = [-60, -30, 58, 172, 334, 538, 1198, 3042];
const LOW_LOG_INDEX = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0];
// biome-ignore format: see above
const LOW_COARSE = [
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];
// biome-ignore format: see above
const LOW_FINE = [
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
  -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
  24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
  4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136];
const HIGH_LOG_STEP = [798, -214, 798, -214];
const HIGH_FINE = [-7408, -1616, 7408, 1616];
