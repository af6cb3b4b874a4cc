import { expect, test } from "vitest";
import { withDeadline } from "../../../src/asterisk/ari/deadline.ts";
import { manualClock } from "./support.ts";

const expired = () => new Error("too late");

/** Work that ends when its signal tells it to, never by itself. */
const endless = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });

test("work that ends in time gives its result and leaves no timer", async () => {
  const clock = manualClock();
  expect(await withDeadline({ clock, deadlineMs: 10, signal: undefined, expired }, async () => 7)).toBe(7);
  expect(clock.sleepers()).toBe(0);
});

test("work that takes too long ends with the deadline's error", async () => {
  const clock = manualClock();
  const result = withDeadline({ clock, deadlineMs: 10, signal: undefined, expired }, endless);
  clock.goTo(10);
  await expect(result).rejects.toThrow("too late");
});

test("the caller's signal ends the work with its own reason", async () => {
  const clock = manualClock();
  const caller = new AbortController();
  const result = withDeadline({ clock, deadlineMs: 10, signal: caller.signal, expired }, endless);
  caller.abort(new Error("hung up"));
  await expect(result).rejects.toThrow("hung up");
  expect(clock.sleepers()).toBe(0);
});

test("nothing begins when the signal has aborted before", async () => {
  const limits = { clock: manualClock(), deadlineMs: 10, signal: AbortSignal.abort(new Error("gone")), expired };
  await expect(withDeadline(limits, async () => expect.fail("began"))).rejects.toThrow("gone");
});
