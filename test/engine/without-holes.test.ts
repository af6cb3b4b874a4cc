import { expect, test } from "vitest";
import { withoutHoles } from "../../src/engine/live/without-holes.ts";
import type { Clock } from "../../src/ports/clock.ts";

/** A clock that goes when the test says so. */
function steppedClock() {
  let nowMs = 0;
  const sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  const clock: Clock = {
    now: () => nowMs,
    sleepUntil: (atMs) => new Promise((wake) => sleepers.push({ atMs, wake })),
  };
  return {
    clock,
    async pass(ms: number) {
      nowMs += ms;
      for (const { atMs, wake } of sleepers) if (atMs <= nowMs) wake();
      await new Promise(setImmediate);
    },
  };
}

test("silence comes where nothing comes, as long as that lasts, and nothing is added to what comes in time", async () => {
  const { clock, pass } = steppedClock();
  let give: (frame: IteratorResult<Uint8Array>) => void = () => {};
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<IteratorResult<Uint8Array>>((resolve) => (give = resolve)),
    }),
  };
  const heard: number[] = [];
  const all = (async () => {
    for await (const bytes of withoutHoles(source, 8_000, clock)) heard.push(bytes.length);
  })();
  const frame = async () => {
    give({ value: new Uint8Array(320), done: false });
    await pass(20);
  };
  await pass(0);
  for (let count = 0; count < 20; count += 1) await frame();
  expect(heard).toEqual(Array(20).fill(320));
  for (let count = 0; count < 10; count += 1) await pass(100);
  const silentBytes = heard.slice(20).reduce((sum, bytes) => sum + bytes, 0);
  // A second of nothing, of which the last half may be yet to come.
  expect(silentBytes).toBeGreaterThanOrEqual(500 * 16);
  expect(silentBytes).toBeLessThanOrEqual(1_020 * 16);
  const before = heard.length;
  for (let count = 0; count < 20; count += 1) await frame();
  expect(heard.length - before).toBe(20);
  give({ value: undefined, done: true });
  await all;
});
