import type { TellSound } from "../../ports/speech.ts";

/** All of a sound, told as it comes. Half a sample would turn what follows it into noise: it waits for its other half. */
export async function collectSound(stream: AsyncIterable<Uint8Array>, tell: TellSound): Promise<Buffer> {
  const whole: Buffer[] = [];
  let half = Buffer.alloc(0);
  for await (const bytes of stream) {
    const all = Buffer.concat([half, bytes]);
    const samples = all.subarray(0, all.length - (all.length % 2));
    half = all.subarray(samples.length);
    if (samples.length === 0) continue;
    whole.push(samples);
    tell(samples);
  }
  return Buffer.concat(whole);
}
