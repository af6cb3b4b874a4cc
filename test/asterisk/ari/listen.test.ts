import { once } from "node:events";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../../support/eventually.ts";
import { nextAddress } from "../../support/loopback.ts";
import { connectionTo, manualClock } from "./support.ts";

/** A connection that listens, and what an Asterisk needs to dial it. */
const listening = async () => {
  const address = nextAddress();
  const environment = {
    RINGDOWN_ARI_URL: `http://${address}:8088`,
    RINGDOWN_ARI_LISTEN: `${address}:8082`,
    RINGDOWN_ARI_LISTEN_PASSWORD: "right",
  };
  const clock = manualClock();
  const connection = connectionTo({ environment }, { clock });
  const dial = (path = "/ari", password = "right") => {
    const authorization = `Basic ${Buffer.from(`ringdown:${password}`).toString("base64")}`;
    return new WebSocket(`ws://${address}:8082${path}`, ["ari"], { headers: { authorization } });
  };
  return Object.assign(connection, { clock, dial });
};

const registered = JSON.stringify({ type: "ApplicationRegistered", application: "ringdown" });
const whenUp = () => AbortSignal.timeout(5_000);

test("an event of no known type is handed on, one that can't be read is dropped, a listener that throws is alone", async () => {
  await using connection = await listening();
  connection.onEvent(() => {
    throw new Error("mine alone");
  });
  const seen: string[] = [];
  connection.onEvent(({ type }) => seen.push(type));
  await connection.start();
  const socket = connection.dial();
  await once(socket, "open");
  socket.send(`{"type":"OfTomorrow"}`);
  socket.send("{");
  socket.send(registered);
  await connection.whenUp(whenUp());
  expect(seen).toEqual(["OfTomorrow", "ApplicationRegistered"]);
  const facts = connection.log.facts.map(({ fact }) => fact);
  expect(facts).toContain("ari listener failed");
  expect(facts).toContain("ari frame unreadable");
});

test("only the registration of our own application means up", async () => {
  await using connection = await listening();
  await connection.start();
  const socket = connection.dial();
  await once(socket, "open");
  socket.send('{"type":"ApplicationRegistered","application":"other"}');
  socket.ping();
  await once(socket, "pong");
  expect(connection.state()).toMatchObject({ kind: "down" });
  socket.send(registered);
  await connection.whenUp(whenUp());
});

test.each([
  ["/ari", "mistaken", 401],
  ["/other", "right", 404],
])("a socket to %s with the %s password is refused with %i", async (path, password, status) => {
  await using connection = await listening();
  await connection.start();
  const [error] = await once(connection.dial(path, password), "error");
  expect(String(error)).toContain(String(status));
  expect(JSON.stringify(connection.log.facts)).not.toContain(password);
});

test("a newer socket replaces the older one", async () => {
  await using connection = await listening();
  await connection.start();
  const older = connection.dial();
  await once(older, "open");
  older.send(registered);
  await connection.whenUp(whenUp());
  const newer = connection.dial();
  await Promise.all([once(older, "close"), once(newer, "open")]);
  expect(connection.state()).toMatchObject({ kind: "down" });
  newer.send(registered);
  await connection.whenUp(whenUp());
});

test("no control frame but a close goes to a socket that Asterisk dialled; it is asked by a request", async () => {
  await using connection = await listening();
  await connection.start();
  const socket = connection.dial();
  const frames: string[] = [];
  for (const kind of ["ping", "pong"]) socket.on(kind, () => frames.push(kind));
  socket.on("message", (frame) => frames.push(JSON.parse(String(frame)).uri));
  await once(socket, "open");
  socket.send(registered);
  await connection.whenUp(whenUp());
  await passing(connection.clock, 5_000);
  await eventually("the question", () => frames.length > 0);
  expect(frames).toEqual(["asterisk/ping"]);
});

test("silence ends a socket within 15 s", async () => {
  await using connection = await listening();
  await connection.start();
  const socket = connection.dial();
  await once(socket, "open");
  await passing(connection.clock, 5_000);
  expect(connection.state()).toMatchObject({ reason: expect.stringContaining("waiting for Asterisk to register") });
  await passing(connection.clock, 10_000);
  await once(socket, "close");
  expect(connection.state()).toMatchObject({ reason: "Asterisk no longer answers" });
});

test("who answers is not taken for dead, however late we look", async () => {
  await using connection = await listening();
  await connection.start();
  const socket = connection.dial();
  await once(socket, "open");
  socket.on("message", () => socket.send(registered));
  for (const [index, atMs] of [5_003, 10_005, 15_007].entries()) {
    await passing(connection.clock, atMs);
    await eventually("its answer", () => connection.events.length > index);
  }
  socket.pause();
  await passing(connection.clock, 20_010);
  // We stood still, so its answer may be there.
  await passing(connection.clock, 60_000);
  socket.resume();
  await eventually("its answer", () => connection.events.length > 4);
  expect(connection.state()).toMatchObject({ kind: "up" });
});

/** Lets what waits for that time wake up and do its work. */
const passing = async (clock: ReturnType<typeof manualClock>, atMs: number) => {
  await eventually("a wait", () => clock.sleepers() > 0);
  clock.goTo(atMs);
};

test("closing says so", async () => {
  const connection = await listening();
  await connection.start();
  const socket = connection.dial();
  await once(socket, "open");
  await Promise.all([once(socket, "close"), connection.close()]);
  expect(connection.state()).toMatchObject({ kind: "down", reason: "closed by us" });
});

test("who waits for the connection stops waiting by its own signal", async () => {
  await using connection = await listening();
  await expect(connection.whenUp(AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
});
