import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { eventually } from "../../test/support/eventually.ts";
import { FRAME_BYTES, FRAME_MS } from "../../test/support/rtp/codec.ts";
import { startListener } from "../../test/support/rtp/listener.ts";
import type { Media } from "../../test/support/rtp/media.ts";
import { formatRtp } from "../../test/support/rtp/packet.ts";
import { type RingingLine, takeCall } from "../../test/support/sip/callee.ts";
import type { Sdp } from "../../test/support/sip/sdp.ts";
import { openSipSocket } from "../../test/support/sip/socket.ts";
import { startStory } from "../../test/support/story.ts";

/** A call that rings at the callee. */
export type Ringing = Pick<RingingLine, "ring"> & {
  /** Answers, and speaks so much later. */
  answer(silentMs: number): void;
  /** Resolves when the other side has hung up. */
  hungUp(): Promise<unknown>;
};

export type SpeakingCallee = Disposable & { readonly rings: () => Promise<Ringing> };

/** Takes calls, and speaks until it is hung up on. */
export async function startSpeakingCallee(address: string): Promise<SpeakingCallee> {
  const ringing: Ringing[] = [];
  const lines: RingingLine[] = [];
  const take: Parameters<typeof openSipSocket>[1] = async (invite, peer, reply) => {
    if (lines.some(({ receive }) => receive(invite, reply))) return;
    if (invite.method !== "INVITE") return void (invite.method === "ACK" || reply({ status: 481 }));
    const story = startStory();
    const media = await openVoice(address);
    const line = takeCall({ socket, user: "callee", invite, peer, reply, codecs: ["pcmu"], media, story });
    lines.push(line);
    const hungUp = async () => {
      await eventually("the end of the call at the callee", () => story.ending() !== undefined);
      media.close();
      lines.splice(lines.indexOf(line), 1);
    };
    const answer = (silentMs: number): void => {
      line.answer();
      media.speakAfter(silentMs);
    };
    ringing.push({ ring: line.ring, answer, hungUp });
  };
  const socket = await openSipSocket({ address, port: 5060 }, take);
  return {
    rings: () => eventually("a call to the callee", () => ringing.shift()),
    [Symbol.dispose]: socket.close,
  };
}

/** Says silence, as a phone does. */
async function openVoice(address: string): Promise<Media & { speakAfter(silentMs: number): void }> {
  const socket = createSocket("udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  const source = randomInt(2 ** 32);
  const payload = new Uint8Array(FRAME_BYTES).fill(0xff);
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
      payload,
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
    close() {
      clearTimeout(next);
      socket.close();
    },
  };
}
