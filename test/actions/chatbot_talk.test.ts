import { expect, test } from "vitest";
import chatbotTalk from "../../src/actions/chatbot_talk.ts";
import { fork, next } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

const chatbot_id = "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe";

testOption(chatbotTalk, {
  accepted: [
    [{ chatbot_id }, { language: "en-US", duration: 0 }],
    [{ chatbot_id, gender: "", language: "ko-KR", duration: 300 }, { gender: undefined }],
  ],
  refused: [{}, { chatbot_id, gender: "robot" }, { chatbot_id, duration: -1 }, { chatbot_id, language: "korean" }],
});

test("answers, lets the caller talk, and tells how it ended", async () => {
  const option = { chatbot_id, gender: "female", language: "de-DE", duration: 60 };
  const chatEnd = { result: "over", reply: "Bye.", actions: [] } as const;
  const step = createStep(chatbotTalk, option, { chatEnd, startMs: 1_000 });
  expect(await step.run()).toEqual(next);
  const order = {
    chatbotId: chatbot_id,
    chatbotcallId: "chatbotcall",
    language: "de-DE",
    gender: "female",
    untilMs: 61_000,
  };
  expect(step.log).toEqual(["call.answer", `chatbots.talk ${JSON.stringify(order)}`]);
  expect(step.variables.get("voipbin.chatbot.reply")).toBe("Bye.");
  expect(step.variables.get("voipbin.chatbot.result")).toBe("over");
});

test("goes on with the actions that the chatbot gave", async () => {
  const actions = [{ id: "x", type: "hangup", option: {} }];
  const step = createStep(chatbotTalk, { chatbot_id }, { chatEnd: { result: "actions", reply: "", actions } });
  expect(await step.run()).toEqual(fork(actions));
});
