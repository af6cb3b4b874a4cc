/** What is asked while it is not certain yet that the caller has finished. */
import { expect, test } from "vitest";
import { ChatError } from "../../../src/ports/chatbot.ts";
import { saying, startTalk, type Thinking } from "./talk.ts";

const echo: Thinking = (text) => saying(`You said ${text}.`);

test("the caller who pauses is thought about meanwhile, and answered only when that was all; what was thought is not thought again", async () => {
  const talk = await startTalk({ think: echo, thinksAhead: true });
  await talk.pauses("hours");
  await talk.pass(100);
  expect(talk.requests).toHaveLength(1);
  expect(talk.said()).toEqual(["You said hours."]);
  expect([talk.isHeard(), talk.messages()]).toEqual([false, []]);
  await talk.ceases("Hours?");
  await talk.pass(1_500);
  expect(talk.isHeard()).toBe(true);
  expect(talk.requests).toHaveLength(1);
  expect(talk.messages()).toEqual(["user: Hours?", "assistant: You said hours."]);
  expect(talk.facts()).toEqual(["chatbot_heard", "chatbot_replied"]);
});

test("the caller who pauses and goes on, is answered to all of it; what was thought of the beginning is given up, and nobody hears of it", async () => {
  const talk = await startTalk({ think: echo, thinksAhead: true });
  await talk.pauses("I want");
  await talk.pauses("I want a table");
  expect(talk.isWanted()).toEqual([false, true]);
  await talk.ceases("I want a table");
  await talk.pass(1_500);
  expect(talk.messages()).toEqual(["user: I want a table", "assistant: You said I want a table."]);
});

test("the caller who pauses and was understood otherwise in the end, is answered to that", async () => {
  const talk = await startTalk({ think: echo, thinksAhead: true });
  await talk.pauses("to");
  await talk.ceases("two");
  await talk.pass(1_500);
  expect(talk.isWanted()).toEqual([false, true]);
  expect(talk.messages()).toEqual(["user: two", "assistant: You said two."]);
});

test("the caller who pauses is answered by one who knows how far an interrupted reply came", async () => {
  const think: Thinking = (text) => (text === "tell" ? saying("One. ", "Two. ", "Three.") : saying(`To ${text}.`));
  const talk = await startTalk({ think, thinksAhead: true });
  await talk.say("tell");
  await talk.pass(1_300);
  await talk.pauses("stop");
  await talk.ceases("stop");
  await talk.pass(1_500);
  expect(talk.requests).toHaveLength(2);
  expect(talk.requests.at(-1)?.history.map(({ text }) => text)).toEqual(["tell", "One. Two.", "stop"]);
  expect(talk.messages()).toEqual(["user: tell", "assistant: One. Two. …", "user: stop", "assistant: To stop."]);
});

test.each([
  ["an engine to which each question counts", { thinksAhead: true, isFreeToAsk: false }],
  ["one who is told not to think ahead", { thinksAhead: false, chatbot: { thinks_ahead: true } }],
  ["a chatbot that is told not to", { thinksAhead: true, chatbot: { thinks_ahead: false } }],
])("the caller who pauses is waited for by %s", async (_who, how) => {
  const talk = await startTalk({ think: echo, ...how });
  await talk.pauses("hours");
  expect(talk.requests).toEqual([]);
  await talk.ceases("hours");
  expect(talk.requests).toHaveLength(1);
  expect(talk.requests).toMatchObject([{ isFinal: true, key: "talk.1", requestId: "talk.1" }]);
  expect(talk.taken).toEqual([]);
});

const counting = { thinksAhead: true, isFreeToAsk: false, chatbot: { thinks_ahead: true } };

test("the caller who pauses is thought about by an engine to which each question counts, if the chatbot may: it can tell which count", async () => {
  const talk = await startTalk({ think: echo, ...counting });
  await talk.pauses("I want");
  await talk.pauses("I want a table");
  const [early, late] = talk.requests;
  expect([early, late]).toMatchObject([{ isFinal: false }, { isFinal: false }]);
  expect(early?.key).not.toBe(late?.key);
  expect(talk.taken).toEqual([]);
  await talk.ceases("I want a table.");
  await talk.pass(1_500);
  expect(talk.requests).toHaveLength(2);
  const words = [{ role: "user", text: "I want a table." }];
  expect(talk.taken).toMatchObject([
    { isFinal: true, requestId: late?.requestId, key: "talk.1", chatbot: { id: late?.chatbot.id }, history: words },
  ]);
  expect(talk.messages()).toEqual(["user: I want a table.", "assistant: You said I want a table."]);
});

test("the caller who pauses is answered by who had nothing to say ahead when that was all", async () => {
  const think: Thinking = (text, { isFinal }) => (isFinal ? saying(`Ordered ${text}.`) : saying());
  const talk = await startTalk({ think, ...counting });
  await talk.pauses("a pizza");
  await talk.pass(400);
  expect([talk.requests.length, talk.said()]).toEqual([1, []]);
  await talk.ceases("a pizza");
  await talk.pass(1_500);
  expect(talk.requests).toMatchObject([{ isFinal: false }, { isFinal: true, key: "talk.1" }]);
  expect(talk.taken).toEqual([]);
  expect(talk.messages()).toEqual(["user: a pizza", "assistant: Ordered a pizza."]);
});

test("the caller who pauses is led on by actions that were thought of ahead", async () => {
  const talk = await startTalk({ think: () => saying('[{"type":"hangup"}]'), ...counting });
  await talk.pauses("bye");
  await talk.ceases("bye");
  expect(await talk.ends()).toMatchObject({ result: "actions", actions: [{ type: "hangup" }] });
  expect(talk.taken).toMatchObject([{ isFinal: true, key: "talk.1" }]);
});

test("the caller who pauses is told when the engine failed, as ever", async () => {
  let tries = 0;
  const talk = await startTalk({
    thinksAhead: true,
    async *think(text, request) {
      tries += 1;
      if (tries === 1) throw new ChatError("script", "unavailable", "away");
      yield* echo(text, request);
    },
  });
  await talk.pauses("one");
  await talk.ceases("one");
  await talk.pass(3_500);
  expect(talk.said()).toEqual(["I am sorry, something went wrong. One moment, please.", "You said one."]);
});
