const BYTES_A_SAMPLE = 2;
/** Mean loudness, of 32767, of what may be speech; lines hum below it. */
const VOICE_LEVEL = 120;

/** Whether this may be speech. */
export const isVoice = (bytes: Uint8Array): boolean => loudnessOf(bytes) > VOICE_LEVEL;

/** How far samples of 16 bit are from silence in the mean. */
function loudnessOf(bytes: Uint8Array): number {
  const samples = Math.floor(bytes.length / BYTES_A_SAMPLE);
  if (samples === 0) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sum = 0;
  for (let at = 0; at < samples; at += 1) sum += Math.abs(view.getInt16(at * BYTES_A_SAMPLE, true));
  return sum / samples;
}
