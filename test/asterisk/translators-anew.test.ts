import { expect, test } from "vitest";
import type { AriConnection } from "../../src/asterisk/ari/connection.ts";
import type { AriState } from "../../src/asterisk/ari/connection-state.ts";
import type { AriEvent } from "../../src/asterisk/ari/event.ts";
import { translatorsAnew } from "../../src/asterisk/translators-anew.ts";

const [ANNA, BERT] = ["anna", "bert"];
type Bridge = { readonly id: string; readonly technology: string; readonly channels: readonly string[] };

/** An Asterisk with these bridges; phones have the source 1 until they get another. */
function asterisk(bridges: readonly Bridge[], listenedTo: readonly string[] = []) {
  const log: string[] = [];
  /** What Asterisk tells when the next one is added. */
  const onAdding: AriEvent[] = [];
  const sources = new Map<string, number>();
  /** Channels that Asterisk has. */
  const there = new Set([ANNA, BERT]);
  const heardBy = new Set<(event: AriEvent) => void>();
  const hear = (event: AriEvent): void => {
    for (const listener of heardBy) listener(event);
  };
  /** Requests that fail, each once. */
  const failing = new Set<string>();
  let nowMs = 0;
  let tellState = (_state: AriState) => {};
  const note = (text: string) => async () => {
    log.push(text);
    if (failing.delete(text)) throw new Error("it can't be done now");
  };
  const connection = {
    ari: {
      bridges: {
        list: async () => {
          if (failing.delete("list")) throw new Error("it can't be done now");
          return bridges;
        },
        play: ({ bridgeId }: { bridgeId: string }) => note(`play to ${bridgeId}`)(),
        createWithId: ({ bridgeId }: { bridgeId: string }) => note(`make ${bridgeId}`)(),
        addChannel: async ({ bridgeId, channel }: { bridgeId: string; channel: readonly string[] }) => {
          log.push(`add ${channel} to ${bridgeId}`);
          for (const event of onAdding.splice(0)) hear(event);
        },
        destroy: ({ bridgeId }: { bridgeId: string }) => note(`end ${bridgeId}`)(),
      },
      channels: {
        list: async () => [...there].map((id) => ({ id })),
        async rtpstatistics({ channelId }: { channelId: string }) {
          if (failing.delete(`source of ${channelId}`)) throw new Error("it can't be told now");
          return { remote_ssrc: sources.get(channelId) ?? 1 };
        },
        play: ({ channelId }: { channelId: string }) => note(`rate of ${channelId}`)(),
      },
    },
    onEvent: (listener: typeof hear) => {
      heardBy.add(listener);
      return () => heardBy.delete(listener);
    },
    onState: (listener: typeof tellState) => {
      tellState = listener;
    },
  };
  const translators = translatorsAnew({
    connection: connection as unknown as AriConnection,
    mediaUrl: "http://media",
    // Time passes with each turn of the event loop.
    clock: {
      now: () => nowMs,
      sleepUntil: async (untilMs: number, signal?: AbortSignal) => {
        await settled();
        signal?.throwIfAborted();
        nowMs = Math.max(nowMs, untilMs);
      },
    },
    ids: { next: () => "own" },
    snoops: { areAt: async (channelId) => listenedTo.includes(channelId) },
    closing: new AbortController().signal,
  });
  const tell = (type: string) => async (id: string) => {
    hear({ type, channel: { id } } as unknown as AriEvent);
    await settled();
  };
  return {
    log,
    onAdding,
    failing,
    there,
    /** Asterisk is reached again. */
    async comeUp() {
      tellState({ kind: "up" } as AriState);
      for (let turn = 0; turn < 100; turn += 1) await settled();
    },
    translators,
    renumber: (channelId: string) => void sources.set(channelId, (sources.get(channelId) ?? 1) + 1),
    hold: tell("ChannelHold"),
    unhold: tell("ChannelUnhold"),
    comeBack: async (id: string) => {
      await tell("ChannelUnhold")(id);
      for (let turn = 0; turn < 100; turn += 1) await settled();
    },
    leave: tell("ChannelDestroyed"),
  };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));
const talk = (technology = "simple_bridge"): Bridge => ({ id: "talk", technology, channels: [ANNA, BERT] });

test("a new source after a hold makes a third come to the two, and whoever listens change its rate", async () => {
  const { log, hold, comeBack, renumber } = asterisk([talk()], [BERT]);
  await hold(ANNA);
  renumber(ANNA);
  await comeBack(ANNA);
  expect(log).toEqual(["rate of bert", "play to talk"]);
});

test("the same source changes nothing", async () => {
  const { log, hold, comeBack } = asterisk([talk()], [ANNA]);
  await hold(ANNA);
  await comeBack(ANNA);
  expect(log).toEqual([]);
});

test("of a call whose hold nobody heard of, it is taken for new", async () => {
  const { log, comeBack } = asterisk([talk()]);
  await comeBack(ANNA);
  expect(log).toEqual(["play to talk"]);
});

test("nor is that forgotten by a hold that comes too soon after", async () => {
  const { log, hold, unhold, comeBack } = asterisk([talk()]);
  await unhold(ANNA);
  await hold(ANNA);
  expect(log).toEqual([]);
  await comeBack(ANNA);
  expect(log).toEqual(["play to talk"]);
});

test.each([
  ["packets pass Asterisk's core, nothing is needed", "native_rtp", [BERT], []],
  ["more than two are, it is taken out and put in", "softmix", [BERT, "cleo"], ["rate of anna", "add anna to talk"]],
  ["two stay as if they were more, too", "softmix", [BERT], ["rate of anna", "add anna to talk"]],
])("where %s", async (_what, technology, others, expected) => {
  const { log, hold, comeBack, renumber } = asterisk([{ id: "talk", technology, channels: [ANNA, ...others] }], [ANNA]);
  await hold(ANNA);
  renumber(ANNA);
  await comeBack(ANNA);
  expect(log).toEqual(expected);
});

test.each([
  [3, []],
  [4, ["add anna to talk"]],
])("of %i, one that is held keeps it from others only where two would be left", async (count, expected) => {
  const channels = [ANNA, BERT, "cleo", "dora"].slice(0, count);
  const { log, hold, comeBack, renumber } = asterisk([{ id: "talk", technology: "softmix", channels }]);
  await hold(BERT);
  await hold(ANNA);
  renumber(ANNA);
  await comeBack(ANNA);
  expect(log).toEqual(expected);
});

test("who is alone gets a bridge for a moment, if listened to", async () => {
  const { log, hold, comeBack, renumber } = asterisk([], [ANNA]);
  for (const phone of [ANNA, BERT]) {
    await hold(phone);
    renumber(phone);
    await comeBack(phone);
  }
  expect(log).toEqual([
    "make own.translators",
    "rate of anna",
    "add anna to own.translators",
    "play to own.translators",
    "end own.translators",
  ]);
});

test("whoever is put into a bridge at that moment is there afterwards", async () => {
  const { log, onAdding, hold, comeBack, renumber } = asterisk([], [ANNA]);
  const moved = (type: string, id: string) => ({ type, bridge: { id }, channel: { id: ANNA } }) as unknown as AriEvent;
  onAdding.push(moved("ChannelLeftBridge", "talk"), moved("ChannelEnteredBridge", "own.translators"));
  await hold(ANNA);
  renumber(ANNA);
  await comeBack(ANNA);
  expect(log.filter((each) => each.startsWith("add"))).toEqual(["add anna to own.translators", "add anna to talk"]);
});

test.each([
  ["comes back", "comeBack"],
  ["leaves", "leave"],
] as const)("nobody's hold is ended by it: it waits until the other %s", async (_how, end) => {
  const { log, hold, renumber, ...phones } = asterisk([talk()]);
  await hold(ANNA);
  await hold(BERT);
  renumber(ANNA);
  await phones.comeBack(ANNA);
  expect(log).toEqual([]);
  await phones[end](BERT);
  expect(log).toEqual(["play to talk"]);
});

test("whoever has left while Asterisk was away holds nobody any more", async () => {
  const { log, there, hold, comeBack, renumber, comeUp } = asterisk([talk()]);
  await hold(ANNA);
  await hold(BERT);
  renumber(ANNA);
  await comeBack(ANNA);
  there.delete(BERT);
  await comeUp();
  expect(log).toEqual(["play to talk"]);
});

test.each([
  ["where it is heard", "list", ["play to talk"]],
  ["for its translators", "play to talk", ["play to talk", "play to talk"]],
  ["for its source", "source of anna", ["play to talk"]],
])("a request %s that fails is made again", async (_what, request, expected) => {
  const { log, failing, hold, comeBack, renumber } = asterisk([talk()]);
  await hold(ANNA);
  renumber(ANNA);
  failing.add(request);
  await comeBack(ANNA);
  expect(log).toEqual(expected);
});

test("a hold of ours counts as well, and its end is one only once", async () => {
  const { log, translators, renumber } = asterisk([talk()]);
  const unhold = async () => {
    translators.unheld(ANNA);
    for (let turn = 0; turn < 100; turn += 1) await settled();
  };
  translators.held(ANNA);
  await settled();
  renumber(ANNA);
  await unhold();
  await unhold();
  expect(log).toEqual(["play to talk"]);
});
