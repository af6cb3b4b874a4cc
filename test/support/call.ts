import { eventually, Hopeless, PATIENCE_MS } from "./eventually.ts";
import { type Sound, soundOf } from "./rtp/listener.ts";
import type { Media } from "./rtp/media.ts";
import type { Speaker } from "./rtp/speaker.ts";
import type { Line } from "./sip/caller.ts";
import type { Conversation } from "./sip/conversation.ts";
import type { SipHeaders, SipResponse } from "./sip/message.ts";
import type { MediaDirection } from "./sip/sdp.ts";
import { type CallEnd, type Story, tell } from "./story.ts";
import { type Block, classify, FREQUENCIES, PROMPT_MS, type Tone, tonesIn } from "./tones.ts";

/** A tone of a call; `early` when it began before the answer. */
export type HeardTone = Tone & { readonly early: boolean };

/** A call as the person at the phone knows it. Times are milliseconds since its first INVITE. */
export type Call = {
  readonly story: Story;
  /** The status of each response to the INVITE, in order. */
  statuses(): readonly number[];
  /** Resolves at the first 18x; fails when the call ends without one. */
  progressed(withinMs?: number): Promise<void>;
  answered(withinMs?: number): Promise<void>;
  ended(withinMs?: number): Promise<CallEnd>;
  /** Waits for a tone that began after the one waited for before. */
  heard(frequency: number, withinMs?: number): Promise<HeardTone>;
  tones(): readonly HeardTone[];
  /** What every 20 ms received were: a tone, other sound, or silence. */
  blocks(): readonly Block[];
  /** When the last sound that is not silence ended. */
  lastSoundMs(): number;
  /** When the first sound came that is not silence, and came after that; undefined when none has. */
  soundAfterMs(ms: number): number | undefined;
  /** Resolves when nothing but silence has come for so long. */
  quiet(forMs: number, withinMs?: number): Promise<void>;
  sound(): Sound;
  /** The digits that the other side sent, by RFC 4733 or SIP INFO. */
  digits(): string;
  /** Presses keys one after the other; resolves with the time of the last one's release. */
  press(keys: string, how?: { by?: "rfc4733" | "info"; toneMs?: number; gapMs?: number }): Promise<number>;
  /** Speaks; resolves when all is said. */
  say(pcm: Int16Array): Promise<void>;
  /** Any request in the dialog, such as REFER or a text MESSAGE. */
  request(method: string, content?: { headers?: SipHeaders; body?: string }): Promise<SipResponse>;
  /** Holds the other side (`sendonly`), or comes back to it (`sendrecv`). */
  offer(direction: MediaDirection): Promise<SipResponse>;
  hangup(reason?: string): Promise<void>;
};

/** Answer and audio come on two sockets; which of them a busy machine reads first is chance. */
const RACE_MS = 60;

/** Each reads some dozens of datagrams: enough for a machine that has not come to it for seconds. */
const READING_TURNS = 20;

/** Reads the audio that came before the end of a call, which a busy machine may have heard of first. */
const allAudioRead = async (): Promise<void> => {
  for (let turn = 0; turn < READING_TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** Makes the call of its line and its audio. */
export const callOf = ({ line, media, story }: { line: Line; media: Media; story: Story }): Call => {
  const known: Block[] = [];
  let heardMs = -1;

  const blocks = (): readonly Block[] => {
    for (const piece of media.listener.pieces.slice(known.length)) {
      known.push(classify(piece, FREQUENCIES, piece.sampleRateHz));
    }
    return known;
  };
  const answeredMs = (): number => story.answeredMs() ?? Number.POSITIVE_INFINITY;
  const arrivalOf = (block: number): number => media.listener.pieces[block]?.arrivedMs ?? 0;
  const tones = (): readonly HeardTone[] =>
    tonesIn(blocks()).map((tone) => {
      const startMs = arrivalOf(known.findIndex(({ atMs }) => atMs === tone.startMs));
      return { ...tone, startMs, early: startMs < answeredMs() - RACE_MS };
    });
  const lastSoundMs = (): number => arrivalOf(blocks().findLastIndex(({ heard }) => heard !== "silence"));
  const soundAfterMs = (ms: number): number | undefined => {
    const block = blocks().findIndex(({ heard }, index) => heard !== "silence" && arrivalOf(index) > ms);
    return block < 0 ? undefined : arrivalOf(block);
  };

  const describe = (): string => {
    const heard = tones().map((tone) => `${Math.round(tone.startMs)} ${tone.frequency} Hz`);
    return `${tell(story)}. Heard: ${heard.join(", ") || "no tone"}`;
  };
  /** Waits for a fact of the call; a call that has ended will bring no new one. */
  const seen = <Value>(what: string, withinMs: number, look: () => Value | undefined): Promise<NonNullable<Value>> =>
    eventually(
      what,
      async () => {
        const hasEnded = story.ending() !== undefined;
        if (hasEnded) await allAudioRead();
        const value = look();
        if (value !== undefined && value !== null) return value;
        throw hasEnded ? new Hopeless(describe()) : new Error(describe());
      },
      withinMs,
    );

  return {
    story,
    statuses: story.statuses,
    progressed: async (withinMs = PATIENCE_MS) => {
      await seen("an 18x", withinMs, () => story.statuses().find((status) => status >= 180));
    },
    answered: async (withinMs = PATIENCE_MS) => {
      await seen("the answer", withinMs, story.answeredMs);
    },
    ended: (withinMs = PATIENCE_MS) => seen("the end", withinMs, story.ending),
    heard: async (frequency, withinMs = PATIENCE_MS) => {
      const isNew = (tone: Tone): boolean => tone.frequency === frequency && tone.startMs > heardMs;
      const tone = await seen(`a tone of ${frequency} Hz`, withinMs, () => tones().find(isNew));
      heardMs = tone.startMs;
      return tone;
    },
    tones,
    blocks,
    lastSoundMs,
    soundAfterMs,
    quiet: async (forMs, withinMs = PATIENCE_MS) => {
      await eventually(`silence for ${forMs} ms`, () => story.nowMs() - lastSoundMs() >= forMs, withinMs);
    },
    sound: () => soundOf(media.listener.pieces),
    digits: () =>
      media.listener.digits() +
      story.happenings.map((happening) => (happening.type === "digit" ? happening.digit : "")).join(""),
    press: async (keys, { by = "rfc4733", toneMs = 100, gapMs = 60 } = {}) => {
      for (const digit of keys) {
        story.add({ type: "pressed", digit });
        if (by === "info") await conversationOf(line).request("INFO", dtmfRelay(digit, toneMs));
        if (by === "rfc4733") await speakerOf(media).press(digit, { toneMs, gapMs });
      }
      return story.nowMs();
    },
    say: (pcm) => speakerOf(media).say(pcm),
    request: (method, content) => conversationOf(line).request(method, content),
    offer: (direction) => conversationOf(line).offer(direction),
    hangup: line.hangup,
  };
};

const conversationOf = (line: Line): Conversation => {
  const conversation = line.conversation();
  if (!conversation) throw new Error("the call is not answered");
  return conversation;
};

const speakerOf = (media: Media): Speaker => {
  const speaker = media.speaker();
  if (!speaker) throw new Error("the other side has not said where to send audio");
  return speaker;
};

const dtmfRelay = (digit: string, durationMs: number): { headers: SipHeaders; body: string } => ({
  headers: [["Content-Type", "application/dtmf-relay"]],
  body: `Signal=${digit}\r\nDuration=${durationMs}\r\n`,
});

/** The frequencies that a call heard, in order. */
export const tonesHeard = (call: Call): readonly number[] => call.tones().map(({ frequency }) => frequency);

/**
 * The prompts that a call heard, in order, each counted by how long it sounded: a busy machine's stalls cut a tone into
 * pieces, or stretch it.
 */
export const promptsHeard = (call: Call): readonly number[] => {
  const pieces: { frequency: number; durationMs: number }[] = [];
  for (const { heard, durationMs } of call.blocks()) {
    if (typeof heard !== "number") continue;
    const last = pieces.at(-1);
    if (last?.frequency === heard) last.durationMs += durationMs;
    else pieces.push({ frequency: heard, durationMs });
  }
  return pieces.flatMap(({ frequency, durationMs }) => Array(Math.round(durationMs / PROMPT_MS)).fill(frequency));
};
