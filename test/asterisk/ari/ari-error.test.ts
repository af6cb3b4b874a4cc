import { expect, test } from "vitest";
import { AriError, refusal } from "../../../src/asterisk/ari/ari-error.ts";

test.each([
  [400, { isGone: false, isConflict: false, isRetryable: false }],
  [404, { isGone: true, isConflict: false, isRetryable: false }],
  [409, { isGone: false, isConflict: true, isRetryable: false }],
  [413, { isGone: false, isConflict: false, isRetryable: false }],
  [500, { isGone: false, isConflict: false, isRetryable: true }],
  [503, { isGone: false, isConflict: false, isRetryable: true }],
])("a refusal with %i classifies itself", (status, facts) => {
  const error = refusal("channels.get", { status, reason: "Reason", body: "" });
  expect(error).toMatchObject({ kind: "refused", status, isUncertain: false, ...facts });
});

test.each([
  ['{"message":"Channel not found"}', "channels.get: 404 Channel not found"],
  ["<html>no</html>", "channels.get: 404 Not Found"],
  ["", "channels.get: 404 Not Found"],
  ["null", "channels.get: 404 Not Found"],
  ['{"message":5}', "channels.get: 404 Not Found"],
])("the explanation is taken from %s", (body, message) => {
  expect(refusal("channels.get", { status: 404, reason: "Not Found", body }).message).toBe(message);
});

test.each(["timeout", "disconnected"] as const)("a %s may be tried again", (kind) => {
  expect(new AriError("channels.play", "no answer", { kind, isUncertain: true })).toMatchObject({
    isRetryable: true,
    isGone: false,
    isUncertain: true,
  });
});
