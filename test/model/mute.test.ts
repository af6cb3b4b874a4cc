import { expect, test } from "vitest";
import { muteAlso, unmute } from "../../src/model/mute.ts";

test.each([
  ["", "in", "in"],
  ["", "both", "both"],
  ["in", "in", "in"],
  ["in", "out", "both"],
  ["both", "in", "both"],
] as const)("muted %j, muted %s too: %s", (muting, direction, expected) => {
  expect(muteAlso(muting, direction)).toBe(expected);
});

test.each([
  ["both", "both", ""],
  ["both", "in", "out"],
  ["both", "out", "in"],
  ["in", "both", ""],
  ["in", "in", ""],
  ["in", "out", "in"],
  ["", "in", ""],
] as const)("muted %j, %s no more: %j", (muting, direction, expected) => {
  expect(unmute(muting, direction)).toBe(expected);
});
