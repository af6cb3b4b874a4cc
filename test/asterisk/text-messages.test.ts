import { expect, test } from "vitest";
import { incomingText, senderOf } from "../../src/asterisk/text-messages.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const read = (from: string, request = "call-id 1 MESSAGE", body = "hi", hops?: string) =>
  incomingText(
    { dialplan: { context: "ringdown-texts", exten: "4711", priority: 1, app_name: "Stasis", app_data: "" } },
    ["text", base64(from), base64(request), base64(body), ...(hops === undefined ? [] : [hops])],
  );

test.each([
  ['"Anna, desk" <sip:anna@1.2.3.4>', "Anna, desk", "sip:anna@1.2.3.4"],
  ["Anna <sip:anna@1.2.3.4>", "Anna", "sip:anna@1.2.3.4"],
  ["<sip:anna@1.2.3.4:5070>", "", "sip:anna@1.2.3.4:5070"],
  ["sip:anna@1.2.3.4", "", "sip:anna@1.2.3.4"],
  ["", "", ""],
])("a text of %s", (from, fromName, uri) => {
  expect(read(from)).toMatchObject({ kind: "sip", to: "4711", fromName, from: uri });
});

test("what was written comes whole; another request is another text", () => {
  expect(read("a", "1 1 MESSAGE", "Grüße, 😀\nzwei").text).toBe("Grüße, 😀\nzwei");
  expect(read("a", "1 1 MESSAGE").key).toBe(read("b", "1 1 MESSAGE").key);
  expect(read("a", "1 1 MESSAGE").key).not.toBe(read("a", "1 2 MESSAGE").key);
});

test.each([
  ["7", 7],
  ["", 0],
  ["99999999999", 0],
  // A dialplan of before this was told.
  [undefined, 0],
])("of %s answers that led to it, %i count", (told, hops) => {
  expect(read("a", "1 1 MESSAGE", "hi", told).hops).toBe(hops);
});

test.each([
  ["1001", "127.0.0.1", '"Anna <>" <sip:1001@127.0.0.1>'],
  ["1001", undefined, "1001"],
  ["", "127.0.0.1", '"Anna <>" <sip:ringdown@127.0.0.1>'],
  ["", undefined, "ringdown"],
])("who a text is from that <%s> sends, when we are at %s", (user, host, expected) => {
  expect(senderOf(`"Anna <>" <${user}>`, host)).toBe(expected);
});
