import { expect, test } from "vitest";
import type { AriConnection } from "../../src/asterisk/ari/connection.ts";
import { askThrough } from "../../src/asterisk/ask.ts";

const { signal } = new AbortController();
const reached = Promise.withResolvers<void>();
const whenUp = () => reached.promise;
const askWhile = (kind: "up" | "down") => {
  const state = () => ({ kind, sinceMs: 0, reason: "" });
  return askThrough({ whenUp, state } satisfies Pick<AriConnection, "whenUp" | "state">);
};

test("a request goes out in the turn in which it is asked for, but not before Asterisk is there", async () => {
  const sent: string[] = [];
  const send = (name: string) => async () => void sent.push(name);
  const asked = [askWhile("up")("answer", signal, send("now")), askWhile("down")("answer", signal, send("later"))];
  expect(sent).toEqual(["now"]);
  reached.resolve();
  await Promise.all(asked);
  expect(sent).toEqual(["now", "later"]);
});

test("nothing is asked for who has given up", async () => {
  const asked = askWhile("up")("answer", AbortSignal.abort(new Error("hung up")), () =>
    Promise.reject(new Error("sent")),
  );
  await expect(asked).rejects.toThrow("hung up");
});
