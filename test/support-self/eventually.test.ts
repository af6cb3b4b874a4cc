import { expect, test } from "vitest";
import { eventually, Hopeless } from "../support/eventually.ts";

test("gives the first value that is there", async () => {
  const values = [undefined, false, "here"];
  expect(await eventually("a value", () => values.shift())).toBe("here");
});

test("fails at the deadline with the last reason", async () => {
  const attempt = (): never => {
    throw new Error("still ringing");
  };
  await expect(eventually("the answer", attempt, 20)).rejects.toThrow("the answer: not within 20 ms; still ringing");
});

test("does not wait for what can't come", async () => {
  const attempt = (): never => {
    throw new Hopeless("the call has ended");
  };
  await expect(eventually("the answer", attempt)).rejects.toThrow("the answer: never; the call has ended");
});
