import { beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../../src/providers/system/clock.ts";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

/** Sleeps for 100 ms of a day whose time is set by so much as soon as it does. */
async function asleep(setByMs: number, signal = new AbortController().signal) {
  let isAwake = false;
  const slept = systemClock.sleepUntil(systemClock.now() + 100, signal).then(() => {
    isAwake = true;
  });
  vi.setSystemTime(systemClock.now() + setByMs);
  return {
    slept,
    after: async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      return isAwake;
    },
  };
}

test("nobody wakes before the time, though the timer is ahead of it", async () => {
  const { after } = await asleep(-3);
  expect([await after(100), await after(2), await after(1)]).toEqual([false, false, true]);
});

test.each([-3_600_000, 3_600_000, 0])("a time that is set by %i ms wakes nobody later", async (setByMs) => {
  const { after } = await asleep(setByMs);
  expect([await after(99), await after(1)]).toEqual([false, true]);
});

test("an abort ends what is missing, too", async () => {
  const aborting = new AbortController();
  const { slept, after } = await asleep(-3, aborting.signal);
  expect(await after(101)).toBe(false);
  aborting.abort(new Error("gone"));
  await expect(slept).rejects.toThrow("gone");
  expect(vi.getTimerCount()).toBe(0);
});
