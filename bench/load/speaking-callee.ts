import { eventually } from "../../test/support/eventually.ts";
import { type RingingLine, takeCall } from "../../test/support/sip/callee.ts";
import { openSipSocket } from "../../test/support/sip/socket.ts";
import { startStory } from "../../test/support/story.ts";
import { openVoice } from "./voice.ts";

/** A call that rings at the callee. */
export type Ringing = Pick<RingingLine, "ring"> & {
  /** Answers, and speaks so much later. */
  answer(silentMs: number): void;
  /** Resolves when the other side has hung up. */
  hungUp(): Promise<unknown>;
};

export type SpeakingCallee = Disposable & { readonly rings: () => Promise<Ringing> };

/** Of mu-law. */
const SILENCE = 0xff;

/** Takes calls, and speaks until it is hung up on. */
export async function startSpeakingCallee(address: string): Promise<SpeakingCallee> {
  const ringing: Ringing[] = [];
  const lines: RingingLine[] = [];
  const take: Parameters<typeof openSipSocket>[1] = async (invite, peer, reply) => {
    if (lines.some(({ receive }) => receive(invite, reply))) return;
    if (invite.method !== "INVITE") return void (invite.method === "ACK" || reply({ status: 481 }));
    const story = startStory();
    const media = await openVoice(address, () => SILENCE);
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
