import { expect, test } from "vitest";
import { createTrunkLimits } from "../../../src/engine/dialing/trunk-limits.ts";
import type { Trunk } from "../../../src/model/trunk.ts";
import { aTrunk } from "./trunks.ts";

const start = () => {
  let nowMs = 5_000;
  const limits = createTrunkLimits({ now: () => nowMs });
  const goTo = (ms: number) => {
    nowMs = 5_000 + ms;
  };
  /** Undefined when there is no place, whatever the limit. */
  const tryTake = (trunk: Trunk) => {
    const taken = limits.tryTake(trunk);
    return typeof taken === "function" ? taken : undefined;
  };
  return { ...limits, tryTake, goTo };
};

test("a trunk without limits takes every call", () => {
  const { tryTake } = start();
  const trunk = aTrunk();
  for (let calls = 0; calls < 1_000; calls++) expect(tryTake(trunk)).toBeTypeOf("function");
});

test("a place is had again when a call gives it back, once", () => {
  const { tryTake } = start();
  const trunk = aTrunk({ max_calls: 2 });
  const first = tryTake(trunk);
  expect([first, tryTake(trunk), tryTake(trunk)]).toEqual([expect.any(Function), expect.any(Function), undefined]);
  first?.();
  first?.();
  expect([tryTake(trunk), tryTake(trunk)]).toEqual([expect.any(Function), undefined]);
});

test("every trunk counts for itself, and a changed limit counts at once", () => {
  const { tryTake } = start();
  const [one, other] = [aTrunk({ max_calls: 1 }), aTrunk({ max_calls: 1 })];
  expect([tryTake(one), tryTake(other)]).toEqual([expect.any(Function), expect.any(Function)]);
  expect(tryTake(one)).toBeUndefined();
  expect(tryTake({ ...one, max_calls: 2 })).toBeTypeOf("function");
  expect(tryTake({ ...one, max_calls: null })).toBeTypeOf("function");
});

test("calls that are up already count, and stand in no other's way", () => {
  const { take, tryTake } = start();
  const trunk = aTrunk({ max_calls: 1 });
  const releases = [take(trunk.id), take(trunk.id)];
  expect(tryTake(trunk)).toBeUndefined();
  releases[0]?.();
  expect(tryTake(trunk)).toBeUndefined();
  releases[1]?.();
  expect(tryTake(trunk)).toBeTypeOf("function");
});

test("no second has more beginnings than it may, wherever it starts", () => {
  const { tryTake, goTo } = start();
  const trunk = aTrunk({ max_calls_per_second: 2 });
  const taken = [0, 600, 900, 999, 1_000, 1_500, 1_599, 1_600].map((ms) => {
    goTo(ms);
    return tryTake(trunk) !== undefined;
  });
  expect(taken).toEqual([true, true, false, false, true, false, false, true]);
});

test("ending a call gives back its place, not its beginning", () => {
  const { tryTake } = start();
  const trunk = aTrunk({ max_calls_per_second: 1 });
  tryTake(trunk)?.();
  expect(tryTake(trunk)).toBeUndefined();
});

test("a call that finds no place is no beginning", () => {
  const { tryTake, goTo } = start();
  const trunk = aTrunk({ max_calls: 1, max_calls_per_second: 2 });
  const release = tryTake(trunk);
  expect([tryTake(trunk), tryTake(trunk)]).toEqual([undefined, undefined]);
  release?.();
  goTo(10);
  expect(tryTake(trunk)).toBeTypeOf("function");
});
