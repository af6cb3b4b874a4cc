/**
 * Tells when a caller speaks, by the loudness of 20 ms frames. Pure.
 *
 * 1. What is much louder than what the line sounds like otherwise is voice; a click is too short for one.
 * 2. Pauses within words do not end it.
 */

/** Loudness below which nothing is voice, as the root of the mean square of 16-bit samples: some -40 dB. */
const SOFTEST_VOICE = 300;
/** A line is never taken to be noisier than this, so that nobody has to shout. */
const LOUDEST_NOISE = 1_200;
/** How much louder than the noise of the line a voice is. */
const ABOVE_NOISE = 2.5;
/** The noise follows what is softer at once, what is louder slowly: a voice must not pass for noise. */
const NOISE_FALLS = 0.3;
const NOISE_RISES = 0.01;

export const FRAME_MS = 20;
/** So many of the last frames make a beginning. */
const WINDOW_FRAMES = 6;
const VOICED_FRAMES = 5;
/** So long a silence makes an end. */
const SILENT_FRAMES = 15;

export type VoiceChange = "began" | "ended";
export type VoiceActivity = {
  /** Takes the next frame; tells whether the voice has begun with it, or ended some frames ago. */
  hear(frame: Uint8Array): VoiceChange | undefined;
  /** How much was heard, ms, and when in that there was voice last. */
  readonly heardMs: number;
  readonly lastVoiceMs: number;
};

export function voiceActivity(): VoiceActivity {
  let noise = SOFTEST_VOICE / ABOVE_NOISE;
  let recent: readonly boolean[] = [];
  let silentFrames = 0;
  let isSpeaking = false;
  let heardMs = 0;
  let lastVoiceMs = Number.NEGATIVE_INFINITY;

  return {
    hear(frame) {
      const loudness = loudnessOf(frame);
      const isVoiced = loudness > Math.max(SOFTEST_VOICE, noise * ABOVE_NOISE);
      noise = Math.min(LOUDEST_NOISE, noise + (loudness - noise) * (loudness < noise ? NOISE_FALLS : NOISE_RISES));
      recent = [...recent.slice(1 - WINDOW_FRAMES), isVoiced];
      silentFrames = isVoiced ? 0 : silentFrames + 1;
      heardMs += FRAME_MS;
      if (isVoiced && (isSpeaking || beginsIn(recent))) lastVoiceMs = heardMs;
      if (!isSpeaking && beginsIn(recent)) {
        isSpeaking = true;
        return "began";
      }
      if (isSpeaking && silentFrames >= SILENT_FRAMES) {
        isSpeaking = false;
        recent = [];
        return "ended";
      }
      return undefined;
    },
    get heardMs() {
      return heardMs;
    },
    get lastVoiceMs() {
      return lastVoiceMs;
    },
  };
}

const beginsIn = (frames: readonly boolean[]): boolean => frames.filter(Boolean).length >= VOICED_FRAMES;

/** The root of the mean square of 16-bit samples. */
function loudnessOf(frame: Uint8Array): number {
  const samples = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const count = frame.byteLength >> 1;
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += samples.getInt16(index * 2, true) ** 2;
  return count === 0 ? 0 : Math.sqrt(sum / count);
}
