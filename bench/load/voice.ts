import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { FRAME_BYTES, FRAME_MS } from "../../test/support/rtp/codec.ts";
import { startListener } from "../../test/support/rtp/listener.ts";
import type { Media } from "../../test/support/rtp/media.ts";
import { formatRtp } from "../../test/support/rtp/packet.ts";
import type { Sdp } from "../../test/support/sip/sdp.ts";

export type Voice = Media & {
  /** Speaks from then on: a frame every 20 ms. */
  speakAfter(silentMs: number): void;
};

/** Audio of one call that hears nothing; each frame is one code of mu-law all through, which `codeOf` gives for its number. */
export async function openVoice(address: string, codeOf: (frame: number) => number): Promise<Voice> {
  const socket = createSocket("udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  const source = randomInt(2 ** 32);
  let remote: Sdp | undefined;
  let sequence = 0;
  let next: NodeJS.Timeout | undefined;
  function speak(atMs: number): void {
    const packet = {
      payloadType: 0,
      sequence,
      timestamp: sequence * FRAME_BYTES,
      source,
      marker: sequence === 0,
      payload: new Uint8Array(FRAME_BYTES).fill(codeOf(sequence)),
    };
    sequence += 1;
    socket.send(formatRtp(packet), remote?.port, remote?.address);
    next = setTimeout(speak, atMs + FRAME_MS - performance.now(), atMs + FRAME_MS);
  }
  return {
    address,
    port: socket.address().port,
    listener: startListener({ codecs: new Map(), eventPayloadType: 101, nowMs: () => performance.now() }),
    speaker: () => undefined,
    connect(other) {
      remote = other;
    },
    speakAfter(silentMs) {
      next = setTimeout(speak, silentMs, performance.now() + silentMs);
    },
    comeBack() {},
    close() {
      clearTimeout(next);
      socket.close();
    },
  };
}
