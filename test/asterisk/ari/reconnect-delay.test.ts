import { expect, test } from "vitest";
import { reconnectDelayMs } from "../../../src/asterisk/ari/dial-asterisk.ts";

test.each([
  [0, 125, 250],
  [1, 250, 500],
  [4, 2_000, 4_000],
  [5, 2_500, 5_000],
  [1_000_000, 2_500, 5_000],
])("attempt %i waits from %i to %i ms", (attempt, shortestMs, longestMs) => {
  expect(reconnectDelayMs(attempt, () => 0)).toBe(shortestMs);
  expect(reconnectDelayMs(attempt, () => 1)).toBe(longestMs);
});
