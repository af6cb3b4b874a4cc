import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../../test/support/eventually.ts";
import { FRAME_BYTES, FRAME_MS, freshCodec } from "../../test/support/rtp/codec.ts";
import type { Media } from "../../test/support/rtp/media.ts";
import { type Line, placeCall } from "../../test/support/sip/caller.ts";
import { openSipSocket, type Peer } from "../../test/support/sip/socket.ts";
import { startStory } from "../../test/support/story.ts";
import { openVoice } from "./voice.ts";

export type CountingCaller = Disposable & {
  /** Calls, counts from the answer on for so long, and hangs up. */
  call(number: string, countMs: number): Promise<void>;
};

/** The loudest code of mu-law; those that follow are softer. */
const LOUDEST_CODE = 0x80;
/** More frames than a recording takes to begin, and codes enough that are no silence. */
const NUMBERS = 100;
const levels = freshCodec("pcmu").decode(Uint8Array.from({ length: NUMBERS }, (_, number) => LOUDEST_CODE + number));

/** A phone whose voice is the number of its frame: from what is heard of it follows when that was said. */
export async function startCountingCaller(address: string, server: Peer): Promise<CountingCaller> {
  const lines = new Set<Line>();
  const socket = await openSipSocket({ address, port: 5060 }, (request, _peer, answer) => {
    for (const line of lines) if (line.conversation()?.receive(request, answer)) return;
    if (request.method !== "ACK") answer({ status: 481 });
  });
  return {
    async call(number, countMs) {
      const voice = await openVoice(address, (frame) => LOUDEST_CODE + (frame % NUMBERS));
      const media: Media = {
        ...voice,
        connect(remote) {
          voice.connect(remote);
          voice.speakAfter(0);
        },
      };
      const story = startStory();
      const account = { user: "counter", server };
      const how = { codecs: ["pcmu"], telephoneEvents: true, headers: [] } as const;
      const line = placeCall({ socket, account, number, ...how, media, story });
      lines.add(line);
      await eventually("the answer", story.answeredMs);
      await pause(countMs);
      await line.hangup();
      lines.delete(line);
      voice.close();
    },
    [Symbol.dispose]: socket.close,
  };
}

/** When the first of a counting voice that is in these samples of 8 kHz was said, ms after the answer; undefined of none. */
export function firstCountedMs(samples: Int16Array): number | undefined {
  const at = samples.findIndex((sample) => levels.includes(sample));
  if (at < 0) return undefined;
  const number = levels.indexOf(samples[at] ?? 0);
  const end = samples.findIndex((sample, index) => index > at && sample !== samples[at]);
  const missing = FRAME_BYTES - Math.min(end - at, FRAME_BYTES);
  return (number + missing / FRAME_BYTES) * FRAME_MS;
}
