import { connect, type Operations } from "ari-client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { KnownAriEvent } from "../../src/asterisk/ari/models.generated.ts";
import { connectionTo } from "../asterisk/ari/support.ts";
import { type Asterisk, startAsterisk } from "../support/asterisk.ts";
import { eventually } from "../support/eventually.ts";

/** Operations by name, whichever client carries them out. */
type Client = (name: string, parameters?: object) => Promise<unknown>;

let asterisk: Asterisk;
let ours: ReturnType<typeof connectionTo>;
const clients = new Map<string, Client>();
/** Channels that are in the application. */
const entered = new Set<string>();

beforeAll(async () => {
  asterisk = await startAsterisk();
  await asterisk.addExtension("answer", ["Answer", "Wait(600)"]);
  ours = connectionTo(asterisk);
  ours.onEvent((event) => {
    const { type, channel } = event as KnownAriEvent & { readonly channel?: { readonly id: string } };
    if (type === "StasisStart" && channel) entered.add(channel.id);
    if (type === "StasisEnd" && channel) entered.delete(channel.id);
  });
  await ours.start();
  await ours.whenUp(AbortSignal.timeout(10_000));
  const { RINGDOWN_ARI_URL = "", RINGDOWN_ARI_PASSWORD = "" } = asterisk.environment;
  // It writes about a deprecated version to stdout and can't be told not to.
  const quiet = vi.spyOn(console, "log").mockImplementation(() => {});
  const theirs = await connect(RINGDOWN_ARI_URL, "ringdown", RINGDOWN_ARI_PASSWORD);
  quiet.mockRestore();
  clients.set("ours", calling(ours.ari)).set("ari-client", calling(theirs));
});
afterAll(async () => {
  await ours.close();
  // Asked politely, Asterisk waits 16 s for the idle connections that ari-client never closes.
  await asterisk.kill();
  await asterisk[Symbol.asyncDispose]();
});

const calling =
  (operations: object): Client =>
  (name, parameters = {}) => {
    const [resource = "", operation = ""] = name.split(".");
    // Both clients have the same names; only their types know nothing of each other.
    return (operations as Operations)[resource]?.[operation]?.(parameters) ?? Promise.reject(new Error(`no ${name}`));
  };

/** An operation, of which both clients must make the same. */
type Step = readonly [name: string, parameters?: object];

const channelId = "compared";
const recordingName = "compared-recording";
const call: Step = ["channels.originateWithId", { channelId, endpoint: "Local/answer@inbound", app: "ringdown" }];

const SCENARIOS: Readonly<Record<string, readonly Step[]>> = {
  "a bridge is made, read, given a variable and destroyed": [
    ["bridges.createWithId", { bridgeId: "b", type: "mixing", name: "compared" }],
    ["bridges.setBridgeVar", { bridgeId: "b", variable: "MOOD", value: "good & ü, really" }],
    ["bridges.getBridgeVar", { bridgeId: "b", variable: "MOOD" }],
    ["bridges.get", { bridgeId: "b" }],
    ["bridges.list"],
    ["bridges.destroy", { bridgeId: "b" }],
    ["bridges.list"],
  ],
  "a bridge that exists or does not": [
    ["bridges.createWithId", { bridgeId: "b", type: "mixing" }],
    ["bridges.createWithId", { bridgeId: "b", type: "mixing" }],
    ["bridges.addChannel", { bridgeId: "b", channel: ["nobody"] }],
    ["bridges.destroy", { bridgeId: "b" }],
    ["bridges.destroy", { bridgeId: "b" }],
    ["bridges.get", { bridgeId: "b" }],
  ],
  "a channel is answered, played to, recorded, and hung up": [
    call,
    ["channels.answer", { channelId }],
    ["channels.setChannelVar", { channelId, variable: "NAME", value: "Ann & Bob = 2, ü" }],
    ["channels.getChannelVar", { channelId, variable: "NAME" }],
    ["channels.getChannelVar", { channelId, variable: "NONE" }],
    ["channels.playWithId", { channelId, playbackId: "p", media: ["sound:ss-noservice", "sound:beep"] }],
    ["playbacks.get", { playbackId: "p" }],
    ["playbacks.stop", { playbackId: "p" }],
    ["channels.startSilence", { channelId }],
    ["channels.stopSilence", { channelId }],
    ["channels.sendDTMF", { channelId, dtmf: "12", between: 50 }],
    ["channels.record", { channelId, name: recordingName, format: "wav", ifExists: "fail" }],
    ["channels.record", { channelId, name: recordingName, format: "wav", ifExists: "fail" }],
    ["recordings.stop", { recordingName }],
    ["recordings.getStored", { recordingName }],
    ["recordings.deleteStored", { recordingName }],
    ["channels.hangup", { channelId, reason_code: "17" }],
  ],
  "a channel gets variables from a body, and is joined to another": [
    ["channels.originateWithId", { ...call[1], variables: { COLOUR: "blue, or ü", SIZE: "7" } }],
    ["channels.getChannelVar", { channelId, variable: "COLOUR" }],
    ["channels.getChannelVar", { channelId, variable: "SIZE" }],
    ["bridges.createWithId", { bridgeId: "b", type: "mixing" }],
    ["bridges.addChannel", { bridgeId: "b", channel: [channelId] }],
    ["bridges.addChannel", { bridgeId: "b", channel: [channelId], mute: true }],
    ["bridges.removeChannel", { bridgeId: "b", channel: [channelId] }],
    ["bridges.destroy", { bridgeId: "b" }],
    ["channels.hangup", { channelId }],
  ],
  "a channel that exists or does not": [
    call,
    call,
    ["channels.hangup", { channelId }],
    ["channels.answer", { channelId: "nobody" }],
    ["channels.hangup", { channelId: "nobody" }],
    ["playbacks.get", { playbackId: "none" }],
    ["recordings.getLive", { recordingName: "none" }],
    ["channels.originate", { endpoint: "nonsense", app: "ringdown" }],
    ["channels.snoopChannel", { channelId: "nobody", app: "ringdown", spy: "in" }],
  ],
  "what Asterisk says of itself": [
    ["asterisk.getInfo", { only: ["system"] }],
    ["asterisk.setGlobalVar", { variable: "COMPARED", value: "1 2" }],
    ["asterisk.getGlobalVar", { variable: "COMPARED" }],
    ["asterisk.getModule", { moduleName: "res_ari.so" }],
    ["asterisk.getModule", { moduleName: "none.so" }],
    ["applications.get", { applicationName: "none" }],
  ],
};

test.each(Object.entries(SCENARIOS))("%s: the same through both clients", async (_title, steps) => {
  const outcomes = new Map<string, readonly unknown[]>();
  for (const [name, client] of clients) outcomes.set(name, await play(client, steps));
  expect(outcomes.get("ours")).toEqual(outcomes.get("ari-client"));
});

/** Carries the steps out one after the other, and waits until Asterisk is as it was. */
const play = async (client: Client, steps: readonly Step[]): Promise<readonly unknown[]> => {
  const outcomes: unknown[] = [];
  for (const [name, parameters] of steps) {
    outcomes.push([name, await client(name, parameters).then(comparable, explanation)]);
    await SETTLED[name]?.();
  }
  await eventually("no channel", async () => (await ours.ari.channels.list()).length === 0);
  return outcomes;
};

/** Operations that Asterisk answers before they have taken effect, with the wait until they have. */
const SETTLED: Readonly<Record<string, () => Promise<unknown>>> = {
  "channels.originateWithId": () => eventually("the answer", async () => entered.has(channelId)),
  "channels.record": () =>
    eventually(
      "the recording",
      async () => (await ours.ari.recordings.getLive({ recordingName })).state === "recording",
    ),
  "bridges.destroy": () => eventually("no bridge", async () => (await ours.ari.bridges.list()).length === 0),
  "recordings.stop": () => eventually("the file", () => ours.ari.recordings.getStored({ recordingName })),
};

/** What no two runs share, and what ari-client adds. */
const INCOMPARABLE: ReadonlySet<string> = new Set(["creationtime", "timestamp", "name", "state", "_client", "_events"]);

const comparable = (result: unknown): unknown =>
  result === undefined || result === ""
    ? "nothing"
    : JSON.parse(JSON.stringify(result, (key, value) => (INCOMPARABLE.has(key) ? undefined : value)));

/** Asterisk's own explanation: all that ari-client keeps of an error; ours has it behind the status. */
const explanation = (error: unknown): unknown => {
  const message = error instanceof Error ? error.message : String(error);
  return { refused: /"message":\s*"(.*)"/.exec(message)?.[1] ?? message.replace(/^\S+: \d{3} /, "") };
};

test.each([
  ["channels.answer", { channelId: "nobody" }, { status: 404, isGone: true }],
  ["bridges.createWithId", { bridgeId: "twice", type: "mixing" }, { status: 409, isConflict: true }],
  ["channels.originate", { endpoint: "nonsense", app: "ringdown" }, { status: 400 }],
])("%s, refused, keeps the status that ari-client drops", async (name, parameters, facts) => {
  await using cleanup = new AsyncDisposableStack();
  await ours.ari.bridges.createWithId({ bridgeId: "twice", type: "mixing" });
  cleanup.defer(async () => {
    await ours.ari.bridges.destroy({ bridgeId: "twice" });
    await SETTLED["bridges.destroy"]?.();
  });
  await expect(clients.get("ours")?.(name, parameters)).rejects.toMatchObject(facts);
  await expect(clients.get("ari-client")?.(name, parameters)).rejects.not.toHaveProperty("status");
});
