import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AriEvent } from "../../src/asterisk/ari/event.ts";
import { connectionTo, realClock } from "../asterisk/ari/support.ts";
import { type Asterisk, startAsterisk } from "../support/asterisk.ts";
import { eventually } from "../support/eventually.ts";

let asterisk: Asterisk;

/** What the dialplan needs, and Asterisk forgets with its process. */
const prepareDialplan = async () => {
  // Ringdown's heartbeat, so that the dialplan lets calls in.
  await asterisk.cli("dialplan set global RINGDOWN_HEARTBEAT 9999999999");
  await asterisk.addExtension("answer", ["Answer", "Wait(600)"]);
};

beforeAll(async () => {
  asterisk = await startAsterisk();
  await prepareDialplan();
});
afterAll(() => asterisk[Symbol.asyncDispose]());

const started = async (...[changes]: [Parameters<typeof connectionTo>[1]?]) => {
  const connection = connectionTo(asterisk, changes);
  try {
    await connection.start();
    await connection.whenUp(AbortSignal.timeout(10_000));
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
};

const types = (events: readonly AriEvent[]) => events.map(({ type }) => type);
const newCall = { endpoint: "Local/answer@inbound", app: "ringdown" };

test("what Asterisk kept while we were away arrives in order, and only then are we up", async () => {
  {
    await using before = await started();
    await before.ari.channels.originateWithId({ channelId: "kept", ...newCall });
    await eventually("the call", () => types(before.events).includes("StasisStart"));
  }
  await asterisk.ari("POST", "/channels?endpoint=Local/4711@inbound&extension=answer&context=inbound&priority=1");
  await asterisk.ari("POST", "/channels/kept/play/kept-playback?media=sound:beep");
  await eventually("the playback's end", () =>
    asterisk.ari("GET", "/playbacks/kept-playback").then(
      () => false,
      () => true,
    ),
  );

  await using after = connectionTo(asterisk);
  const heardBeforeUp: string[] = [];
  after.onState(({ kind }) => kind === "up" && heardBeforeUp.push(...types(after.events)));
  await after.start();
  await after.whenUp(AbortSignal.timeout(10_000));
  expect(heardBeforeUp).toEqual(expect.arrayContaining(["StasisStart", "PlaybackStarted", "PlaybackFinished"]));
  expect(heardBeforeUp.indexOf("PlaybackStarted")).toBeLessThan(heardBeforeUp.indexOf("PlaybackFinished"));
  expect(heardBeforeUp.at(-1)).toBe("ApplicationRegistered");
  const timestamps = after.events.map(({ timestamp }) => timestamp ?? "").slice(0, -1);
  expect(timestamps).toEqual(timestamps.toSorted());
  await hangUpAll(after);
});

const hangUpAll = async ({ ari }: Pick<Awaited<ReturnType<typeof started>>, "ari">) => {
  for (const { id } of await ari.channels.list()) await ari.channels.hangup({ channelId: id }).catch(() => {});
  await eventually("no channel", async () => (await ari.channels.list()).length === 0);
};

test("an Asterisk that stands still is noticed, and found again", async () => {
  await using connection = await started({ clock: realClock(10) });
  using standstill = await stopped();
  await eventually("the loss", () => connection.state().kind === "down");
  expect(connection.state()).toMatchObject({ reason: "Asterisk no longer answers" });
  standstill.end();
  await connection.whenUp(AbortSignal.timeout(10_000));
});

/** Asterisk stands still, its sockets open, until the end of this. */
const stopped = async () => {
  const pid = Number(readFileSync(join(asterisk.directory, "run/asterisk.pid"), "utf8"));
  process.kill(pid, "SIGSTOP");
  // The signal returns before the last thread has stopped.
  const states = () =>
    readdirSync(`/proc/${pid}/task`).map((thread) => readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8"));
  await eventually("the standstill", () => states().every((state) => state.includes(") T ")));
  const end = () => void process.kill(pid, "SIGCONT");
  return { end, [Symbol.dispose]: end };
};

test("a request that takes longer than its deadline ends then, on either transport", async () => {
  await using connection = await started();
  using standstill = await stopped();
  const late = { kind: "timeout", isUncertain: true, isRetryable: true };
  await expect(connection.ari.asterisk.ping({}, { deadlineMs: 50 })).rejects.toMatchObject(late);
  await expect(connection.ari.channels.list({}, { deadlineMs: 50 })).rejects.toMatchObject(late);
  const signal = AbortSignal.abort(new Error("hung up"));
  await expect(connection.ari.asterisk.ping({}, { signal })).rejects.toThrow("hung up");
  standstill.end();
  await eventually("an answer", () => connection.ari.asterisk.ping());
});

test("killed without notice in the middle of everything, again and again, we are found each time", async () => {
  for (let round = 0; round < 10; round += 1) {
    const program = join(import.meta.dirname, "../asterisk/ari/busy-process.ts");
    const busy = spawn(process.execPath, [program, JSON.stringify(asterisk.environment)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(busy.stdout, "data");
    await eventually("its calls", async () => Array.isArray(await asterisk.ari("GET", "/channels")));
    busy.kill("SIGKILL");
    await once(busy, "exit");
  }
  await using connection = await started();
  await hangUpAll(connection);
});

test("an Asterisk with the wrong password is refused, and the password is not logged", async () => {
  const { RINGDOWN_ARI_LISTEN = "", RINGDOWN_ARI_LISTEN_PASSWORD = "" } = asterisk.environment;
  const [host = "", port] = RINGDOWN_ARI_LISTEN.split(":");
  const listen = { host, port: Number(port), username: "ringdown", password: "another" };
  await using connection = connectionTo(asterisk, { listen });
  await connection.start();
  await eventually("the refusal", () => connection.log.facts.some(({ fact }) => fact === "ari socket refused"));
  expect(connection.state()).toMatchObject({ kind: "down", reason: "waiting for Asterisk to dial" });
  expect(JSON.stringify(connection.log.facts)).not.toContain(RINGDOWN_ARI_LISTEN_PASSWORD);
});

test("a body too large for a frame leaves the socket alone and is refused by its status", async () => {
  await using connection = await started();
  await connection.ari.bridges.createWithId({ bridgeId: "large", type: "mixing" });
  const factsBefore = connection.log.facts.length;
  const value = (bytes: number) => ({ bridgeId: "large", variable: "LARGE", value: "x".repeat(bytes) });
  await connection.ari.bridges.setBridgeVar(value(50_000));
  const { value: stored } = await connection.ari.bridges.getBridgeVar({ bridgeId: "large", variable: "LARGE" });
  expect(stored).toHaveLength(50_000);
  await expect(connection.ari.bridges.setBridgeVar(value(70_000))).rejects.toMatchObject({ status: 413 });
  await connection.ari.bridges.destroy({ bridgeId: "large" });
  expect(connection.log.facts.slice(factsBefore)).toEqual([]);
});

test("200 requests at once all settle, on either transport", async () => {
  await using connection = await started();
  const { asterisk: quick, channels } = connection.ari;
  const requests = Array.from({ length: 200 }, (_value, index) => (index % 2 ? quick.ping() : channels.list()));
  const outcomes = await Promise.allSettled(requests);
  expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
});

test("an answer behind an event is not held back by the network", async () => {
  await using connection = await started();
  const { channels } = connection.ari;
  await channels.originateWithId({ channelId: "prompt", ...newCall });
  await eventually("the call", () => types(connection.events).includes("StasisStart"));
  const takenMs: number[] = [];
  for (let round = 0; round < 25; round += 1) {
    const sentAtMs = performance.now();
    await channels.setChannelVar({ channelId: "prompt", variable: "ROUND", value: String(round) });
    takenMs.push(performance.now() - sentAtMs);
  }
  await hangUpAll(connection);
  // A delayed acknowledgement takes 40 ms; the request itself one.
  expect(takenMs.toSorted((one, other) => one - other)[12]).toBeLessThan(30);
});

test("with Asterisk gone everything fails at once, and it is found when it comes back", async () => {
  await using connection = await started();
  await asterisk.kill();
  await eventually("the loss", () => connection.state().kind === "down");
  await expect(connection.ari.asterisk.ping()).rejects.toMatchObject({ kind: "disconnected", isUncertain: false });
  await expect(connection.ari.channels.list()).rejects.toMatchObject({ kind: "disconnected", isUncertain: false });
  await asterisk.start();
  await prepareDialplan();
  await connection.whenUp(AbortSignal.timeout(20_000));
});

test("dialling an Asterisk that can't dial us: events, requests, and finding it again", async () => {
  await using connection = await started({ socket: "dial", application: "dialled" });
  await connection.ari.channels.originateWithId({ channelId: "dialled-1", ...newCall, app: "dialled" });
  await eventually("the call", () => types(connection.events).includes("StasisStart"));
  await connection.ari.channels.hangup({ channelId: "dialled-1" });
  await eventually("its end", () => types(connection.events).includes("ChannelDestroyed"));
  await asterisk.kill();
  await eventually("the loss", () => connection.state().kind === "down");
  await asterisk.start();
  await prepareDialplan();
  await connection.whenUp(AbortSignal.timeout(20_000));
  expect(await connection.ari.asterisk.ping()).toMatchObject({ ping: "pong" });
});

test("a newer connection for the same application takes over, and the older one says so", async () => {
  await using older = await started({ socket: "dial", application: "shared" });
  const reasons: string[] = [];
  older.onState((state) => state.kind === "down" && reasons.push(state.reason));
  await using _newer = await started({ socket: "dial", application: "shared" });
  await eventually("the loss", () => reasons.includes("another connection took the application over"));
});

test("a wrong password for Asterisk is a reason, not a crash", async () => {
  const { RINGDOWN_ARI_URL = "" } = asterisk.environment;
  const http = { url: RINGDOWN_ARI_URL, username: "ringdown", password: "wrong" };
  await using connection = connectionTo(asterisk, { socket: "dial", http });
  await connection.start();
  await eventually("the refusal", () => {
    const state = connection.state();
    return state.kind === "down" && state.reason.includes("401");
  });
  await expect(connection.ari.channels.list()).rejects.toMatchObject({ kind: "refused", status: 401 });
});

test("a port that is taken is said at the start", async () => {
  await using first = connectionTo(asterisk);
  await first.start();
  await using second = connectionTo(asterisk);
  await expect(second.start()).rejects.toMatchObject({ code: "EADDRINUSE" });
});
