import { expect, test } from "vitest";
import { operations } from "../../../src/asterisk/ari/operations.generated.ts";
import { wireRequest } from "../../../src/asterisk/ari/wire-request.ts";

test.each([
  ["a plain id", { channelId: "c-1" }, "channels/c-1/answer"],
  ["an id with every kind of character", { channelId: "a b/ü?&=#" }, "channels/a%20b%2F%C3%BC%3F%26%3D%23/answer"],
])("the path takes %s", (_title, parameters, uri) => {
  expect(wireRequest(operations["channels.answer"], parameters)).toEqual({ method: "POST", uri, body: undefined });
});

test.each([[{}], [{ channelId: "" }]])("a path without its id is refused: %j", (parameters) => {
  expect(() => wireRequest(operations["channels.hangup"], parameters)).toThrow("channels.hangup needs channelId");
});

test("query parameters are encoded, and what was not given is left out", () => {
  const { uri } = wireRequest(operations["channels.setChannelVar"], { channelId: "c", variable: "A", value: "1&2 ü" });
  expect(uri).toBe("channels/c/variable?variable=A&value=1%262%20%C3%BC");
});

test("numbers and booleans, false too, are sent", () => {
  const { uri } = wireRequest(operations["bridges.addChannel"], { bridgeId: "b", channel: ["c"], mute: false });
  expect(uri).toBe("bridges/b/addChannel?channel=c&mute=false");
});

test("a list is joined by commas", () => {
  const { uri } = wireRequest(operations["bridges.addChannel"], { bridgeId: "b", channel: ["c1", "c2"] });
  expect(uri).toBe("bridges/b/addChannel?channel=c1%2Cc2");
});

test("a list with a comma in an item goes into the body, because Asterisk would split it", () => {
  const media = ["sound:http://host/a,b.wav", "sound:x"];
  expect(wireRequest(operations["channels.play"], { channelId: "c", media, skipms: 5 })).toEqual({
    method: "POST",
    uri: "channels/c/play",
    body: JSON.stringify({ media, skipms: 5 }),
  });
});

test("a query too long for a request line goes into the body", () => {
  const value = "x".repeat(5_000);
  expect(wireRequest(operations["channels.setChannelVar"], { channelId: "c", variable: "A", value })).toEqual({
    method: "POST",
    uri: "channels/c/variable",
    body: JSON.stringify({ variable: "A", value }),
  });
});

test("variables stand under their own key, beside a query", () => {
  const parameters = { channelId: "c", endpoint: "Local/1@x", variables: { A: "1" } };
  expect(wireRequest(operations["channels.originateWithId"], parameters)).toEqual({
    method: "POST",
    uri: "channels/c?endpoint=Local%2F1%40x",
    body: '{"variables":{"A":"1"}}',
  });
});

test("the event filter is the whole body", () => {
  const filter = { disallowed: [{ type: "Dial" }] };
  expect(wireRequest(operations["applications.filter"], { applicationName: "a", filter }).body).toBe(
    JSON.stringify(filter),
  );
});
