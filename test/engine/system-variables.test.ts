import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { conversationVariables } from "../../src/engine/system-variables.ts";
import { systemVariables } from "../../src/flow/variables.ts";
import { NEUTRAL_SOURCE } from "../../src/model/address.ts";
import { type Conversation, dialogIdOf } from "../../src/model/conversation.ts";
import { newMessage } from "../../src/model/message.ts";

const PEER = { type: "tel", target: "+491" } as const;
const now = "2026-01-01T00:00:00.000Z";

test("whatever a run is told of its text is a variable that the checks of flows know", () => {
  const customer_id = randomUUID();
  const conversation: Conversation = {
    id: randomUUID(),
    customer_id,
    name: "",
    detail: "",
    type: "message",
    dialog_id: dialogIdOf(NEUTRAL_SOURCE, PEER),
    self: NEUTRAL_SOURCE,
    peer: PEER,
    tm_create: now,
    tm_update: now,
  };
  const origin = { id: randomUUID(), customer_id, activeflow_id: null, call_id: null, tm_create: now };
  const message = newMessage({ source: PEER, destinations: [NEUTRAL_SOURCE], text: "hello" }, origin);
  const told = Object.keys(conversationVariables(conversation, message, 3));
  expect(told.filter((name) => !systemVariables.includes(name))).toEqual([]);
});
