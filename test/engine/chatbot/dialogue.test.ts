import { describe, expect, test } from "vitest";
import { ChatError, type ChatPiece } from "../../../src/ports/chatbot.ts";
import { saying, startTalk, type Thinking } from "./talk.ts";

const echo: Thinking = (text) => saying(`You said ${text}.`);
const list = [{ id: "x", type: "hangup", option: {} }];
async function* pieces(...all: readonly ChatPiece[]): AsyncGenerator<ChatPiece> {
  yield* all;
}

test("what the caller says is answered, with all that was said before, and kept", async () => {
  const talk = await startTalk({ think: echo });
  await talk.say("one");
  await talk.pass(1_500);
  await talk.say("two");
  await talk.pass(1_500);
  expect(talk.said()).toEqual(["You said one.", "You said two."]);
  expect(talk.requests.map(({ history }) => history.map(({ text }) => text))).toEqual([
    ["one"],
    ["one", "You said one.", "two"],
  ]);
  expect(talk.messages()).toEqual(["user: one", "assistant: You said one.", "user: two", "assistant: You said two."]);
  expect(talk.facts()).toEqual(["chatbot_heard", "chatbot_replied", "chatbot_heard", "chatbot_replied"]);
});

test("the first sentence is spoken before the second is known", async () => {
  const rest = Promise.withResolvers<void>();
  const talk = await startTalk({
    async *think() {
      yield* saying("We are open. ", "Until");
      await rest.promise;
      yield* saying(" nine.");
    },
  });
  await talk.say("hours");
  await talk.pass(300);
  expect(talk.said()).toEqual(["We are open."]);
  rest.resolve();
  await talk.pass(300);
  expect(talk.said()).toEqual(["We are open.", "Until nine."]);
});

test("a chatbot that opens the talk does so, once", async () => {
  const think: Thinking = (text) => saying(text === "" ? "Hello." : "Yes.");
  const talk = await startTalk({ think, opens: true });
  await talk.pass(1_500);
  expect(talk.said()).toEqual(["Hello."]);
  const at = "2026-01-01T00:00:00.000Z";
  const later = await startTalk({ think, opens: true, messages: [{ role: "assistant", text: "Hello.", at }] });
  await later.pass(1_500);
  expect(later.said()).toEqual([]);
});

test("after a crash, who was not answered is", async () => {
  const at = "2026-01-01T00:00:00.000Z";
  const messages = [
    { role: "assistant", text: "Hello.", at },
    { role: "user", text: "hours", at },
  ] as const;
  const talk = await startTalk({ think: echo, messages });
  await talk.pass(1_500);
  expect(talk.said()).toEqual(["You said hours."]);
  expect(talk.messages()).toEqual(["assistant: Hello.", "user: hours", "assistant: You said hours."]);
});

describe("the caller who interrupts", () => {
  const long: Thinking = (text) => (text === "tell" ? saying("One. ", "Two. ", "Three.") : echo(text, {} as never));

  test("silences the chatbot, and is answered by one who knows how far it came", async () => {
    const talk = await startTalk({ think: long });
    await talk.say("tell");
    await talk.pass(1_300);
    await talk.voice(false);
    expect(talk.log).toContain("flush s");
    await talk.say("stop");
    await talk.pass(1_500);
    expect(talk.messages()).toEqual([
      "user: tell",
      "assistant: One. Two. …",
      "user: stop",
      "assistant: You said stop.",
    ]);
  });

  test("by mistake, hears the rest from the sentence that broke off", async () => {
    const talk = await startTalk({ think: long });
    await talk.say("tell");
    await talk.pass(1_300);
    await talk.voice();
    await talk.pass(6_000);
    expect(talk.said().join(" ")).toMatch(/^One\. Two\. Three\. Two\. Three\.$/);
    expect(talk.messages()).toEqual(["user: tell", "assistant: One. Two. Three."]);
  });
});

describe("the talk is over", () => {
  test("what was said last is stored together with that, so that no crash loses the one without the other", async () => {
    const talk = await startTalk({
      think: () => pieces({ kind: "text", text: "Bye." }, { kind: "over", actions: list }),
    });
    await talk.say("bye");
    expect(await talk.ends()).toMatchObject({ result: "actions" });
    expect(await talk.over).toMatchObject({
      messages: [{ text: "bye" }, { text: "Bye." }],
      facts: [["chatbot_replied", { text: "Bye." }]],
    });
  });
  test.each([
    ["with a list of actions", saying(JSON.stringify(list)), [], "actions", 1],
    [
      "with a list in a fence, in pieces",
      saying("``", "`json\n[", JSON.stringify(list).slice(1), "\n```"),
      [],
      "actions",
      1,
    ],
    [
      "with words and then actions",
      pieces({ kind: "text", text: "Bye." }, { kind: "over", actions: list }),
      ["Bye."],
      "actions",
      1,
    ],
    ["with words alone", pieces({ kind: "text", text: "Bye." }, { kind: "over" }), ["Bye."], "over", 0],
    ["with an empty list", saying("[]"), [], "over", 0],
  ] as const)("%s", async (_name, reply, said, result, count) => {
    const talk = await startTalk({ think: () => reply });
    await talk.say("done");
    const end = await talk.ends();
    expect(end).toMatchObject({ result });
    expect(end.actions).toHaveLength(count);
    expect(talk.said()).toEqual(said);
  });

  test("when its time is up, whatever is being said", async () => {
    const talk = await startTalk({ think: () => saying("One. ", "Two. ", "Three."), untilMs: 1_500 });
    await talk.say("tell");
    await talk.pass(1_600);
    expect(await talk.over).toMatchObject({ result: "duration", actions: [] });
    expect(talk.messages().at(-1)).toBe("assistant: One. Two. …");
  });

  test("when the caller says nothing for long, and has been asked", async () => {
    const talk = await startTalk({ think: echo });
    await talk.pass(70_000);
    expect(await talk.over).toMatchObject({ result: "silence" });
    expect(talk.said()).toEqual(Array(3).fill("Are you still there?"));
    expect(talk.messages()).toEqual([]);
  });

  test("when the caller hangs up", async () => {
    const talk = await startTalk({ think: echo });
    talk.hangup();
    await expect(talk.over).rejects.toThrow("hung up");
  });

  test("when the caller hangs up in the middle of a reply, of which is kept what was heard", async () => {
    const talk = await startTalk({ think: () => saying("One. ", "Two. ", "Three.") });
    await talk.say("count");
    await talk.pass(1_500);
    talk.hangup();
    await expect(talk.over).rejects.toThrow("hung up");
    expect(talk.messages()).toEqual(["user: count", "assistant: One. Two. …"]);
  });

  test("when the way to the caller breaks off", async () => {
    const talk = await startTalk({ think: echo });
    talk.line.end();
    await expect(talk.over).rejects.toMatchObject({ fault: "refused" });
  });
});

describe("text that only looks like actions", () => {
  test.each([
    ["[laughs] Well.", ["[laughs] Well."]],
    ["[1, 2", ["[1, 2"]],
    ["`x` it is", ["x it is"]],
  ])("is said: %s", async (text, said) => {
    const talk = await startTalk({ think: () => saying(text) });
    await talk.say("what");
    await talk.pass(1_500);
    expect(talk.said()).toEqual(said);
  });
});

describe("a chatbot that fails", () => {
  const failing = (times: number): Thinking => {
    let failures = 0;
    return async function* think(text, request) {
      failures += 1;
      if (failures <= times) throw new ChatError("script", "unavailable", "away");
      yield* echo(text, request);
    };
  };
  const SORRY = "I am sorry, something went wrong. One moment, please.";

  test("is asked once more, and the caller told so", async () => {
    const talk = await startTalk({ think: failing(1) });
    await talk.say("one");
    await talk.pass(2_500);
    expect(talk.said()).toEqual([SORRY, "You said one."]);
    expect(talk.messages()).toEqual(["user: one", "assistant: You said one."]);
    expect(talk.log).toContain("trouble unavailable");
  });

  test("twice, is left; the caller has been told", async () => {
    const talk = await startTalk({ think: failing(2) });
    await talk.say("one");
    expect(await talk.ends()).toEqual({ result: "failed", actions: [] });
    expect(talk.said()).toEqual([SORRY]);
  });

  test("by actions that can't be run", async () => {
    const talk = await startTalk({ think: () => saying('[{"type":"nonsense"}]') });
    await talk.say("one");
    expect(await talk.ends()).toMatchObject({ result: "failed" });
  });

  test("by silence, is given up", async () => {
    const talk = await startTalk({
      deadlineMs: 50,
      think: (_text, _request) => ({
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise((_, reject) => setTimeout(reject, 500, new Error())),
        }),
      }),
    });
    await talk.say("one");
    expect(await talk.ends()).toMatchObject({ result: "failed" });
    expect(talk.log.filter((entry) => entry === "trouble timeout")).toHaveLength(2);
  });

  test("is waited for, but not in silence", async () => {
    const talk = await startTalk({ think: () => slow, deadlineMs: 60_000 });
    const first = Promise.withResolvers<void>();
    const slow = (async function* () {
      await first.promise;
      yield* saying("At last.");
    })();
    await talk.say("one");
    await talk.pass(4_500);
    expect(talk.said()).toEqual(["One moment, please."]);
    first.resolve();
    await talk.pass(2_500);
    expect(talk.said()).toEqual(["One moment, please.", "At last."]);
  });

  test("in the middle of a reply is waited for, but not in silence either", async () => {
    const never = new Promise<never>(() => {});
    const talk = await startTalk({
      deadlineMs: 60_000,
      async *think() {
        yield* saying("We are open. ", "Until");
        await never;
      },
    });
    await talk.say("hours");
    await talk.pass(4_500);
    expect(talk.said()).toEqual(["We are open."]);
    await talk.pass(4_500);
    expect(talk.said()).toEqual(["We are open.", "One moment, please."]);
    talk.hangup();
  });

  test("to say anything has not understood", async () => {
    const talk = await startTalk({ think: () => saying() });
    await talk.say("blah");
    await talk.pass(1_500);
    expect(talk.said()).toEqual(["Sorry, I did not understand you. Please say that again."]);
  });
});

test("when nobody understands any more, the caller is told so, and the flow goes on", async () => {
  const talk = await startTalk({ think: echo });
  talk.recognizer.listenings[0]?.fail(new Error("quota"));
  expect(await talk.ends()).toEqual({ result: "failed", actions: [] });
  expect(talk.said()).toHaveLength(1);
});

test("what is understood but not for good counts for nothing", async () => {
  const talk = await startTalk({ think: echo });
  talk.recognizer.listenings[0]?.understand("on", { isFinal: false });
  await talk.pass(200);
  expect(talk.requests).toEqual([]);
});

describe("what is measured", () => {
  test("is how long the engine took, how long the caller waited, and how often something was said", async () => {
    const talk = await startTalk({
      async *think() {
        await first.promise;
        yield* saying("One. ", "Two.");
      },
    });
    const first = Promise.withResolvers<void>();
    await talk.say("one");
    await talk.pass(300);
    first.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    await talk.pass(3_000);
    expect(talk.measured).toEqual(["chatbot_turns script", "chatbot_reply script 300", "chatbot_engine script 300"]);
  });

  test("is what was thought in vain", async () => {
    const talk = await startTalk({ think: echo, thinksAhead: true });
    await talk.pauses("I want");
    await talk.pauses("I want a table");
    await talk.ceases("I want a table");
    await talk.pass(1_500);
    await talk.pauses("at eight");
    await talk.ceases("at nine");
    const counted = talk.measured.filter((entry) => !entry.startsWith("chatbot_reply") && !entry.includes("engine"));
    expect(counted).toEqual([
      "chatbot_thrown_away script",
      "chatbot_turns script",
      "chatbot_turns script",
      "chatbot_thrown_away script",
    ]);
  });
});

test("it is told who did not understand the caller", async () => {
  const talk = await startTalk({ think: echo });
  const trouble = { provider: "gcp", fault: "quota", error: "no", remedy: "pay", atMs: 0 } as const;
  talk.recognizer.listenings[0]?.request.onTrouble?.(trouble);
  expect(talk.log).toContain("misheard gcp quota");
});

test("a caller of whom nothing is understood is asked again; then it is told who told nothing", async () => {
  const talk = await startTalk({ think: echo });
  talk.recognizer.listenings[0]?.request.onListener?.("gcp");
  for (let round = 0; round < 4; round += 1) {
    await talk.voice();
    await talk.pass(6_000);
  }
  expect(await talk.over).toMatchObject({ result: "silence" });
  expect(talk.said()).toEqual(Array(3).fill("Sorry, I did not understand you. Please say that again."));
  expect(talk.log).toContain("misheard gcp timeout");
});
