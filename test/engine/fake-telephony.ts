import type { ChannelSnapshot, Telephony, TelephonyEvent } from "../../src/ports/telephony.ts";

/** A switch that does what the test says: it records what it was asked, and answers at once. */
export type FakeTelephony = Telephony & {
  readonly asked: string[];
  /** Channels that exist, by id. */
  readonly present: Map<string, ChannelSnapshot>;
  readonly playing: Set<string>;
  /** Ids of what serves calls. */
  readonly serving: string[];
  tell(event: TelephonyEvent): void;
  becomeReachable(): void;
  /** A call from outside arrives. */
  arrive(id: string, dialled: string): void;
};

export function fakeTelephony(): FakeTelephony {
  const asked: string[] = [];
  const present = new Map<string, ChannelSnapshot>();
  const playing = new Set<string>();
  const serving: string[] = [];
  let listener: (event: TelephonyEvent) => void = () => {};
  const reachable: (() => void)[] = [];
  return {
    asked,
    present,
    playing,
    serving,
    tell: (event) => listener(event),
    becomeReachable: () => {
      for (const listen of reachable) listen();
    },
    arrive(id, dialled) {
      const channel = channelOf(id, dialled);
      present.set(id, channel);
      listener({ type: "channel_arrived", channel });
    },
    onEvent: (listen) => {
      listener = listen;
    },
    onReachable: (listen) => void reachable.push(listen),
    start: async () => {},
    stop: async () => {},
    channels: async () => [...present.values()],
    answer: async (channelId) => void asked.push(`answer ${channelId}`),
    play: async (channelId, playbackId, media) => {
      playing.add(playbackId);
      asked.push(`play ${channelId} ${media.map((one) => (one.kind === "builtin" ? one.uri : one.id)).join("+")}`);
    },
    isPlaying: async (playbackId) => playing.has(playbackId),
    stopPlayback: async (playbackId) => {
      playing.delete(playbackId);
      asked.push("stop playback");
    },
    dial: async (channelId, { target }) => {
      const dialled = target.kind === "trunk" ? `${target.number}@${target.trunk_id}` : target.uri;
      asked.push(`dial ${channelId} ${dialled}`);
      present.set(channelId, { ...channelOf(channelId, dialled), state: "down", arguments: ["outbound"] });
    },
    sendDigits: async (channelId, { digits }) => void asked.push(`digits ${channelId} ${digits}`),
    startEcho: async (channelId) => void asked.push(`echo ${channelId}`),
    stopEcho: async () => void asked.push("stop echo"),
    servants: async () => serving,
    dismiss: async (servantId) => void asked.push(`dismiss ${servantId}`),
    hangup: async (channelId, cause) => {
      asked.push(`hangup ${channelId} ${cause}`);
      if (present.delete(channelId)) listener({ type: "channel_left", channelId });
    },
  };
}

export const channelOf = (id: string, dialled: string): ChannelSnapshot => ({
  id,
  state: "ringing",
  callerNumber: "4711",
  callerName: "Ann",
  dialled,
  arguments: ["inbound"],
  createdAt: "2026-01-01T00:00:00.000Z",
});
