import { expect, test, vi } from "vitest";
import { coalesce } from "../../src/providers/coalesce.ts";

const never = new AbortController().signal;

test("who asks for the same at the same time shares one piece of work", async () => {
  const { shared, work, finish } = pending();
  const both = Promise.all([shared("a", work, never), shared("a", work, never)]);
  finish("done");
  expect(await both).toEqual(["done", "done"]);
  expect(work).toHaveBeenCalledTimes(1);
});

test("who asks later, or for something else, starts anew", async () => {
  const shared = coalesce<string>();
  const work = vi.fn(async () => "done");
  await shared("a", work, never);
  await Promise.all([shared("a", work, never), shared("b", work, never)]);
  expect(work).toHaveBeenCalledTimes(3);
});

test("a failure is shared and not kept", async () => {
  const shared = coalesce<string>();
  const failing = () => Promise.reject(new Error("no"));
  await expect(Promise.all([shared("a", failing, never), shared("a", failing, never)])).rejects.toThrow("no");
  expect(await shared("a", async () => "yes", never)).toBe("yes");
});

test("one who gives up leaves the work to the others", async () => {
  const { shared, work, finish } = pending();
  const controller = new AbortController();
  const impatient = expect(shared("a", work, controller.signal)).rejects.toThrow("hung up");
  const patient = shared("a", work, never);
  controller.abort(new Error("hung up"));
  await impatient;
  finish("done");
  expect(await patient).toBe("done");
});

test("when the last one gives up the work is aborted", async () => {
  const { shared, work } = pending();
  const controller = new AbortController();
  const given = expect(shared("a", work, controller.signal)).rejects.toThrow("hung up");
  controller.abort(new Error("hung up"));
  await given;
  expect(work.mock.calls[0]?.[0].aborted).toBe(true);
});

function pending() {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { shared: coalesce<string>(), work: vi.fn((_signal: AbortSignal) => promise), finish: resolve };
}
