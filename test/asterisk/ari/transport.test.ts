import { expect, test } from "vitest";
import { transportFor } from "../../../src/asterisk/ari/transport.ts";

const request = (bodyBytes: number) => ({ method: "POST" as const, uri: "channels", body: "x".repeat(bodyBytes) });

test.each([
  ["channels.answer", 0, "socket", "quick"],
  ["channels.hangup", 0, "socket", "quick"],
  ["bridges.addChannel", 0, "longer", "would hold up what is quick"],
  ["toString", 0, "http", "unknown"],
  ["channels.setChannelVar", 0, "http", "waits for a prompt's end"],
  ["bridges.setBridgeVars", 30_000, "socket", "fits a frame"],
  ["bridges.setBridgeVars", 70_000, "http", "would close the socket"],
  ["channels.originate", 30_000, "http", "fits an HTTP body"],
  ["channels.originate", 50_000, "socket", "too large for Asterisk's HTTP, fits a frame"],
])("%s with %i bytes goes by %s: %s", (operation, bodyBytes, transport) => {
  expect(transportFor(operation, request(bodyBytes))).toBe(transport);
});

test("escaping counts: a body of quotes takes twice its size in a frame", () => {
  expect(transportFor("channels.play", { method: "POST", uri: "x", body: '"'.repeat(35_000) })).toBe("http");
});
