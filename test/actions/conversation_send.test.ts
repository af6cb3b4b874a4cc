import { expect, test } from "vitest";
import conversationSend from "../../src/actions/conversation_send.ts";
import { next } from "../../src/flow/outcome.ts";
import { dialogIdOf } from "../../src/model/conversation.ts";
import { newMessage, settleTarget, type TargetNews } from "../../src/model/message.ts";
import { testOption } from "../support/option.ts";
import { createStep, type World } from "../support/step.ts";

testOption(conversationSend, {
  accepted: [
    [{ conversation_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", text: "hello" }, { sync: false }],
    [{ conversation_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", text: "hello", sync: true }],
  ],
  refused: [
    { text: "hello" },
    { conversation_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" },
    { conversation_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", text: "" },
    { conversation_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", text: "hello", sync: 1 },
  ],
});

const conversation_id = "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe";
const [self, peer] = [
  { type: "tel", target: "+491" },
  { type: "tel", target: "+492" },
] as const;
const tm = "2026-01-01T00:00:00.000Z";
const conversations: World["conversations"] = {
  [conversation_id]: {
    id: conversation_id,
    customer_id: conversation_id,
    name: "",
    detail: "",
    type: "message",
    dialog_id: dialogIdOf(self, peer),
    self,
    peer,
    tm_create: tm,
    tm_update: tm,
  },
};
const queued = newMessage(
  { source: self, destinations: [peer], text: "hello" },
  { id: conversation_id, customer_id: conversation_id, activeflow_id: null, call_id: null, tm_create: tm },
);
const step = (sync: boolean, world: World = {}) =>
  createStep(conversationSend, { conversation_id, text: "hello", sync }, { conversations, ...world });

test("writes to the peer, from the own side, and goes on at once", async () => {
  const sending = step(false);
  expect(await sending.run()).toEqual(next);
  expect(sending.log[0]).toBe(
    `messages ${JSON.stringify({ source: self, destinations: [peer], text: "hello", conversation_id })}`,
  );
});

const after = (news: TargetNews) => step(true, { message: { ...queued, ...settleTarget(queued, 0, news) } }).run();

test("with sync a text that did not arrive is the action's failure, with gateway, reason and remedy", async () => {
  const failed = { status: "failed", error: "no phone is there", remedy: "look for one", provider: "Twilio" } as const;
  const { error: message, remedy, provider } = failed;
  await expect(after(failed)).rejects.toMatchObject({ name: "ActionError", message, remedy, provider });
  await expect(after({ status: "dlr_timeout", error: "nobody said" })).rejects.toThrow("nobody said");
});

test("with sync what has arrived, or was sent where nobody tells more, is a success", async () => {
  expect(await after({ status: "delivered", error: null })).toEqual(next);
  expect(await after({ status: "sent", error: null })).toEqual(next);
});

test("with sync what is not known in time is told, with where it can be seen later", async () => {
  const remedy = expect.stringMatching(/GET \/messages.*RINGDOWN_MESSAGE_DEADLINE_MS/);
  const unknown = after({ status: "sent", error: null, provider: "Twilio", reportDueAtMs: 1 });
  await expect(unknown).rejects.toMatchObject({ message: expect.stringContaining("has not said"), remedy });
  const waiting = step(true, { message: queued }).run();
  await expect(waiting).rejects.toMatchObject({ message: expect.stringContaining("not been sent"), remedy });
  await expect(step(true, {}).run()).rejects.toThrow("has been removed");
});

test("an unknown conversation is told, with where the known ones are", async () => {
  await expect(step(false, { conversations: {} }).run()).rejects.toThrow(
    /you have no conversation .*GET \/conversations/,
  );
});
