import { expect, test } from "vitest";
import { createRunSignal } from "../../src/engine/run-signal.ts";

test("a run whose call has ended before it is over from its beginning", () => {
  const reason = new Error("ended before");
  const signal = createRunSignal(AbortSignal.abort(reason));
  expect(signal.isOver).toBe(true);
  expect(signal.ofStep.reason).toBe(reason);
});

test("a run that came to its end by itself does not end again with its call", () => {
  const call = new AbortController();
  const signal = createRunSignal(call.signal);
  signal.conclude();
  call.abort(new Error("ended after"));
  expect(signal.isOver).toBe(true);
  expect(signal.ofStep.aborted).toBe(false);
});
