import { expect, test } from "vitest";
import { createChanges } from "../../src/engine/changes.ts";

const never = new AbortController().signal;

test("a condition that holds already needs no change", async () => {
  expect(await createChanges().until(() => 7, never)).toBe(7);
});

test("everybody who waits looks again at each change, and only those it satisfies go on", async () => {
  const changes = createChanges();
  let value = 0;
  const one = changes.until(() => (value >= 1 ? value : undefined), never);
  const two = changes.until(() => (value >= 2 ? value : undefined), never);
  value = 1;
  changes.notify();
  expect(await one).toBe(1);
  value = 2;
  changes.notify();
  expect(await two).toBe(2);
});

test("an abort ends the wait with the signal's reason, before and during it", async () => {
  const changes = createChanges();
  const controller = new AbortController();
  const waiting = changes.until(() => undefined, controller.signal);
  controller.abort(new Error("hung up"));
  await expect(waiting).rejects.toThrow("hung up");
  await expect(changes.until(() => undefined, controller.signal)).rejects.toThrow("hung up");
});

test("what is to be done at once is done in the turn of the change, once", async () => {
  const changes = createChanges();
  let value: number | undefined;
  const done: number[] = [];
  const waiting = changes.until(
    () => value,
    never,
    (seen) => done.push(seen),
  );
  changes.notify();
  expect(done).toEqual([]);
  value = 1;
  changes.notify();
  expect(done).toEqual([1]);
  value = 2;
  changes.notify();
  expect([await waiting, done]).toEqual([1, [1]]);
});
