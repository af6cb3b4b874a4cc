import { expect, test } from "vitest";
import { type SpeechFault, type SpeechProvider, SpeechProviderError } from "../../src/ports/speech.ts";
import { breaker } from "../../src/providers/synthesis/breaker.ts";
import { withDeadline } from "../../src/providers/synthesis/deadline.ts";

const never = new AbortController().signal;
const request = { text: "Hello", language: "en-US" };

test("a provider that works is asked every time", async () => {
  const { speak, asked } = make();
  for (let n = 0; n < 5; n += 1) await speak();
  expect(asked.length).toBe(5);
});

test("after three failures in a row it is not asked any more, and the reason is told", async () => {
  const { speak, state, asked, changes } = make();
  state.fault = "quota";
  for (let n = 0; n < 3; n += 1) await expect(speak()).rejects.toMatchObject({ fault: "quota" });
  await expect(speak()).rejects.toMatchObject({ fault: "unavailable", message: expect.stringContaining("quota!") });
  expect(asked.length).toBe(3);
  expect(changes).toEqual([{ provider: "cloud", open: true, error: "quota!" }]);
});

test("a success between failures starts the count anew", async () => {
  const { speak, state, asked } = make();
  for (const fault of ["failed", "failed", undefined, "failed", "failed", undefined] as const) {
    state.fault = fault;
    await speak().catch(() => undefined);
  }
  expect(asked.length).toBe(6);
});

test.each<SpeechFault>(["refused", "unknown_voice", "no_audio"])("%s is the request's fault", async (fault) => {
  const { speak, state, asked } = make();
  state.fault = fault;
  for (let n = 0; n < 10; n += 1) await expect(speak()).rejects.toMatchObject({ fault });
  expect(asked.length).toBe(10);
});

test("a hangup is nobody's fault", async () => {
  const { speak, state, asked } = make();
  state.fault = "failed";
  for (let n = 0; n < 10; n += 1) await expect(speak(AbortSignal.abort())).rejects.toThrow();
  expect(asked.length).toBe(10);
});

test("after the pause one request is tried in the background, while its caller and others go on", async () => {
  const { speak, state, asked, changes, open } = await opened();
  state.nowMs += 1_000;
  state.fault = undefined;
  const hold = state.hold();
  await expect(speak()).rejects.toMatchObject({ fault: "unavailable" });
  await expect(speak()).rejects.toMatchObject({ fault: "unavailable" });
  expect(asked.length).toBe(4);
  expect(asked[3]).not.toBe("/speech");
  hold.resolve();
  await open.close();
  await speak();
  expect(asked.length).toBe(5);
  expect(changes.at(-1)).toEqual({ provider: "cloud", open: false });
});

test("a probe that fails doubles the pause", async () => {
  const { speak, state, asked, open } = await opened();
  const ask = async (): Promise<number> => {
    await expect(speak()).rejects.toMatchObject({ fault: "unavailable" });
    await open.close();
    return asked.length;
  };
  state.nowMs += 1_000;
  expect(await ask()).toBe(4);
  state.nowMs += 1_999;
  expect(await ask()).toBe(4);
  state.nowMs += 1;
  expect(await ask()).toBe(5);
});

test("who takes longer than the deadline has failed, even one who does not listen", async () => {
  const deaf: SpeechProvider = { name: "deaf", synthesize: () => new Promise(() => {}) };
  const open = breaker(withDeadline(deaf, 5), { clock: { now: () => 0 }, failuresToOpen: 1 });
  await expect(open.synthesize(request, "/speech", never)).rejects.toMatchObject({ fault: "timeout" });
  await expect(open.synthesize(request, "/speech", never)).rejects.toMatchObject({ fault: "unavailable" });
});

function make() {
  let held: PromiseWithResolvers<void> | undefined;
  const state = {
    nowMs: 0,
    fault: undefined as SpeechFault | undefined,
    hold: () => {
      held = Promise.withResolvers();
      return held;
    },
  };
  const asked: string[] = [];
  const changes: unknown[] = [];
  const cloud: SpeechProvider = {
    name: "cloud",
    async synthesize(_request, path) {
      asked.push(path);
      await held?.promise;
      if (state.fault) throw new SpeechProviderError(state.fault, `${state.fault}!`);
    },
  };
  const open = breaker(cloud, {
    clock: { now: () => state.nowMs },
    onChange: (change) => changes.push(change),
    pauseMs: 1_000,
  });
  const speak = (signal = never) => open.synthesize(request, "/speech", signal);
  return { state, asked, changes, open, speak };
}

async function opened() {
  const made = make();
  made.state.fault = "unavailable";
  for (let n = 0; n < 3; n += 1) await made.speak().catch(() => undefined);
  return made;
}
