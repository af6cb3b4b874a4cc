import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { Call } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { nextAddress } from "../support/loopback.ts";
import { type Phone, startPhone } from "../support/phone.ts";
import { tone } from "../support/tones.ts";

/** The stack that `npm test` started beside us, as users get it from `npm start`. */
const { RINGDOWN_HTTP_PORT, RINGDOWN_SIP_PORT, RINGDOWN_API_KEY, RINGDOWN_SIP_1001_PASSWORD, ACCEPTANCE_BACKEND_PID } =
  process.env;
const API = `http://127.0.0.1:${RINGDOWN_HTTP_PORT}`;
const server = { address: "127.0.0.1", port: Number(RINGDOWN_SIP_PORT) };
/** The engine waits a little before it starts a container again, longer each time. */
const BACK_WITHIN_MS = 15_000;

let phone: Phone;

beforeAll(async () => {
  phone = await startPhone({ address: nextAddress(), server });
});
afterAll(() => phone.close());

const get = async (path: string): Promise<unknown> =>
  (await fetch(`${API}/v1.0${path}`, { headers: { authorization: `Bearer ${RINGDOWN_API_KEY}` } })).json();
/** Waits until the timeline of the latest call that came in says so. */
const told = (text: string): Promise<unknown> =>
  eventually(`${text} on the timeline`, async () => {
    const { result } = z
      .object({ result: z.array(z.looseObject({ id: z.string(), direction: z.string() })) })
      .parse(await get("/calls"));
    const latest = result.find(({ direction }) => direction === "incoming");
    return JSON.stringify(await get(`/calls/${latest?.id}/timeline`)).includes(text);
  });
const isReady = async (): Promise<boolean> => (await fetch(`${API}/readyz`)).ok;
const speaks = (call: Call, afterMs = 0): Promise<unknown> =>
  eventually("speech", () => call.blocks().some(({ heard, atMs }) => heard === "other" && atMs > afterMs));

test("the stack is ready, and its API wants a key", async () => {
  await eventually("readiness", isReady);
  const calls = (headers: Record<string, string>) => fetch(`${API}/v1.0/calls`, { headers });
  expect((await calls({})).status).toBe(401);
  expect((await calls({ authorization: `Bearer ${RINGDOWN_API_KEY}` })).status).toBe(200);
});

test("a softphone account registers with its generated password", async () => {
  const credentials = { user: "1001", password: RINGDOWN_SIP_1001_PASSWORD ?? "" };
  await using softphone = await startPhone({ address: nextAddress(), server, credentials });
  expect(await softphone.register()).toBe(200);
});

test("a caller of 1000 hears the menu, presses 9 and is hung up", async () => {
  const call = await phone.dial("1000");
  await call.answered();
  await speaks(call);
  await call.press("9");
  expect(await call.ended()).toMatchObject({ by: "them" });
});

test("who enters digits hears them back, comes to the menu again and leaves by 9", async () => {
  const call = await phone.dial("1000");
  await call.answered();
  await speaks(call);
  await call.press("6");
  await told("jump to enter");
  const entered = await call.press("42#");
  await speaks(call, entered);
  await told("jump to again");
  await call.press("9");
  expect(await call.ended()).toMatchObject({ by: "them" });
});

test("who presses 2 rings the other softphone, and talks with it", async () => {
  const credentials = { user: "1001", password: RINGDOWN_SIP_1001_PASSWORD ?? "" };
  await using softphone = await startPhone({ address: nextAddress(), server, credentials });
  expect(await softphone.register()).toBe(200);
  const call = await phone.dial("1000");
  await call.answered();
  await speaks(call);
  await call.press("2");
  const other = await softphone.rings();
  other.answer();
  await Promise.all([call.say(tone(440, 600)), other.heard(440)]);
  await Promise.all([other.say(tone(620, 600)), call.heard(620)]);
  await other.hangup();
  await told("jump to again");
  await call.press("9");
  expect(await call.ended()).toMatchObject({ by: "them" });
});

test("the backend is killed while the menu plays: the caller still gets through", async () => {
  const call = await phone.dial("1000");
  await call.answered();
  await speaks(call);
  process.kill(Number(ACCEPTANCE_BACKEND_PID), "SIGKILL");
  await eventually("readiness", isReady, BACK_WITHIN_MS);
  expect(call.story.ending()).toBeUndefined();
  await call.press("9");
  expect(await call.ended(BACK_WITHIN_MS)).toMatchObject({ by: "them" });
});
