import { expect, test } from "vitest";
import { readMessage } from "../../../src/asterisk/ari/message.ts";

test("an event is handed on as it came, known or not", () => {
  const event = { type: "SomethingOfTomorrow", application: "ringdown", of: { tomorrow: 1 } };
  expect(readMessage(JSON.stringify(event))).toEqual({ kind: "event", event });
});

test("an answer is told from events", () => {
  const answer = { type: "RESTResponse", request_id: "1", status_code: 204 };
  expect(readMessage(JSON.stringify(answer))).toEqual({ kind: "answer", answer });
});

test.each(["", "{", "null", "[]", '"text"', "5", '{"type":5}', "{}"])("%j is unreadable, not an error", (frame) => {
  expect(readMessage(frame)).toEqual({ kind: "unreadable" });
});
