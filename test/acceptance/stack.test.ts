import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Call } from "../support/call.ts";
import { choirOf, hears, sing } from "../support/chords.ts";
import { eventually } from "../support/eventually.ts";
import { nextAddress } from "../support/loopback.ts";
import { type DialOptions, type Phone, startPhone } from "../support/phone.ts";
import { tone } from "../support/tones.ts";
import { spoken, wordsIn } from "../support/words.ts";

/** The stack that `npm test` started beside us, as users get it from `npm start`. */
const { RINGDOWN_HTTP_PORT, RINGDOWN_SIP_PORT, RINGDOWN_API_KEY, ACCEPTANCE_BACKEND_PID } = process.env;
const { RINGDOWN_SIP_1001_PASSWORD = "", RINGDOWN_SIP_1002_PASSWORD = "" } = process.env;
const API = `http://127.0.0.1:${RINGDOWN_HTTP_PORT}`;
const server = { address: "127.0.0.1", port: Number(RINGDOWN_SIP_PORT) };
/** The engine waits a little before it starts a container again, longer each time. */
const BACK_WITHIN_MS = 15_000;

const phones: Phone[] = [];
afterAll(() => Promise.all(phones.map((phone) => phone.close())));

/** A phone with an account, or without one and with a name of its own. */
const plugIn = async (account: { user: string } | { credentials: { user: string; password: string } }) => {
  const phone = await startPhone({ address: nextAddress(), server, ...account });
  phones.push(phone);
  return phone;
};
const accountOf = (user: string, password: string) => ({ credentials: { user, password } });

/** Calls the demo as somebody with no account, and waits for the menu. */
const callAs = async (user: string, options?: DialOptions): Promise<Call> => {
  const call = await (await plugIn({ user })).dial("1000", options);
  await call.answered();
  await speaks(call);
  return call;
};
const get = async (path: string): Promise<unknown> =>
  (await fetch(`${API}/v1.0${path}`, { headers: { authorization: `Bearer ${RINGDOWN_API_KEY}` } })).json();
const pageSchema = z.object({
  result: z.array(z.looseObject({ id: z.string(), source: z.looseObject({ target: z.string() }) })),
});
/** Waits until the timeline of the call of that caller says so. */
const told = (user: string, text: string | RegExp): Promise<unknown> =>
  eventually(`${text} on the timeline`, async () => {
    const { result } = pageSchema.parse(await get("/calls"));
    const call = result.find(({ source }) => source.target === user);
    return JSON.stringify(await get(`/calls/${call?.id}/timeline`)).search(text) >= 0;
  });
const isReady = async (): Promise<boolean> => (await fetch(`${API}/readyz`)).ok;
const speaks = (call: Call, afterMs = 0): Promise<unknown> =>
  eventually("speech", () => call.blocks().some(({ heard, atMs }) => heard === "other" && atMs > afterMs));
/** Waits for the menu, which is what is said from now on, and leaves by it. */
const leavesByTheMenu = async (call: Call): Promise<void> => {
  await speaks(call, call.story.nowMs());
  await call.press("9");
  expect(await call.ended()).toMatchObject({ by: "them" });
};

test("the stack is ready, and its API wants a key", async () => {
  await eventually("readiness", isReady);
  const calls = (headers: Record<string, string>) => fetch(`${API}/v1.0/calls`, { headers });
  expect((await calls({})).status).toBe(401);
  expect((await calls({ authorization: `Bearer ${RINGDOWN_API_KEY}` })).status).toBe(200);
});

describe("the softphones", () => {
  let one: Phone;
  let two: Phone;

  beforeAll(async () => {
    one = await plugIn(accountOf("1001", RINGDOWN_SIP_1001_PASSWORD));
    two = await plugIn(accountOf("1002", RINGDOWN_SIP_1002_PASSWORD));
    expect(await Promise.all([one.register(), two.register()])).toEqual([200, 200]);
  });

  test("1001 dials 1002, and talks with it until it hangs up", async () => {
    const call = await one.dial("1002");
    const other = await two.rings();
    other.answer();
    await call.answered();
    await Promise.all([call.say(tone(850, 600)), other.heard(850)]);
    await Promise.all([other.say(tone(1_100, 600)), call.heard(1_100)]);
    await other.hangup();
    expect(await call.ended()).toMatchObject({ by: "them" });
  });

  test.concurrent.each([
    ["1001", () => one, () => two],
    ["1002", () => two, () => one],
  ])("%s presses 2, rings the other softphone, talks with it, and comes to the menu again", async (_user, from, to) => {
    const call = await from().dial("1000");
    await call.answered();
    await speaks(call);
    await call.press("2");
    const other = await to().rings();
    other.answer();
    await Promise.all([call.say(tone(440, 600)), other.heard(440)]);
    await Promise.all([other.say(tone(620, 600)), call.heard(620)]);
    await other.hangup();
    await leavesByTheMenu(call);
  });
});

describe("the menu of 1000", { concurrent: true }, () => {
  test("who presses 9 is hung up", async () => {
    const call = await callAs("leaver");
    await call.press("9");
    expect(await call.ended()).toMatchObject({ by: "them" });
  });

  test("who press 3 meet each other", async () => {
    const choir = choirOf(440, 620);
    const [first, second] = await Promise.all([callAs("first"), callAs("second")]);
    await Promise.all([first.press("3"), second.press("3")]);
    sing(first, choir, 440);
    sing(second, choir, 620);
    await Promise.all([hears(first, choir, [620]), hears(second, choir, [440])]);
    await Promise.all([first.hangup(), second.hangup()]);
  });

  test("who presses 4 hears what they said, and comes to the menu again", async () => {
    const call = await callAs("recorded");
    await call.press("4");
    await told("recorded", "recording_started");
    await call.say(tone(850, 600));
    await call.press("#");
    await call.heard(850);
    await told("recorded", "jump to menu");
    await leavesByTheMenu(call);
  });

  test("who presses 5 is greeted by a chatbot, and hears its answer", async () => {
    const call = await callAs("asker", { codecs: ["g722"] });
    await call.press("5");
    await told("asker", "Ask me for the opening hours");
    await call.say(await spoken("the weather"));
    const asked = call.sound().pcm.length;
    await told("asker", "The sun always shines");
    const { pcm, ...sound } = call.sound();
    const answers = ["The sun always shines where the calls go through", "We are open from nine to five"];
    expect(await wordsIn({ ...sound, pcm: pcm.slice(asked) }, answers)).toBe(answers[0]?.toLowerCase());
    await call.say(await spoken("goodbye"));
    await told("asker", /It was nice to talk with you.*Welcome to Ringdown/);
    await leavesByTheMenu(call);
  });

  test("who presses 5 on a phone that has G.711 alone interrupts the greeting, and is understood", async () => {
    const call = await callAs("narrow");
    await call.press("5");
    await told("narrow", "chatbot_started");
    await speaks(call, call.story.nowMs());
    await call.say(await spoken("the weather", 8_000));
    const askedMs = call.story.nowMs();
    await told("narrow", "The sun always shines");
    await speaks(call, askedMs);
    await call.hangup();
  });

  test("who presses 6 hears the digits that they enter, and comes to the menu again", async () => {
    const call = await callAs("enterer");
    await call.press("6");
    await told("enterer", "jump to enter");
    const entered = await call.press("42#");
    await speaks(call, entered);
    await told("enterer", "jump to menu");
    await leavesByTheMenu(call);
  });
});

test("the backend is killed while the menu plays: the caller still gets through", async () => {
  const call = await callAs("survivor");
  process.kill(Number(ACCEPTANCE_BACKEND_PID), "SIGKILL");
  await eventually("readiness", isReady, BACK_WITHIN_MS);
  expect(call.story.ending()).toBeUndefined();
  await call.press("9");
  expect(await call.ended(BACK_WITHIN_MS)).toMatchObject({ by: "them" });
});
