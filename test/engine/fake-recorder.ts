import type { Recorder, Take } from "../../src/ports/recorder.ts";

export type FakeRecorder = Recorder & {
  readonly asked: string[];
  /** Takes that run, by id; put one there, or take it away, as an earlier process or the switch would. */
  readonly running: Map<string, Take>;
  /** The switch has ended it, and tells. */
  end(takeId: string): void;
  /** Nobody speaks, and the switch tells. */
  fallSilent(takeId: string): void;
  /** Takes in which nobody speaks, by id. */
  readonly silent: Set<string>;
  /** Makes the next start fail. */
  failNext(error: Error): void;
};

/** Records nothing but what was asked; given `asked`, what several fakes were asked is in one order. */
export function fakeRecorder(asked: string[] = []): FakeRecorder {
  const running = new Map<string, Take>();
  const silent = new Set<string>();
  let tell: (takeId: string) => void = () => {};
  let tellOfSilence: (takeId: string) => void = () => {};
  let failure: Error | undefined;
  const howOf = ({ source, channels, silenceSeconds, durationSeconds }: Take): string =>
    `${source.id} ${channels}${silenceSeconds ? ` silence ${silenceSeconds}` : ""}${durationSeconds ? ` for ${durationSeconds}` : ""}`;
  return {
    asked,
    running,
    end(takeId) {
      running.delete(takeId);
      tell(takeId);
    },
    silent,
    fallSilent(takeId) {
      silent.add(takeId);
      tellOfSilence(takeId);
    },
    failNext: (error) => {
      failure = error;
    },
    onEnded: (listener) => {
      tell = listener;
    },
    onSilence: (listener) => {
      tellOfSilence = listener;
    },
    async start(take) {
      asked.push(`record ${howOf(take)}`);
      const failed = failure;
      failure = undefined;
      if (failed) throw failed;
      running.set(take.id, take);
    },
    goOn: async () => void asked.push("go on recording"),
    pause: async () => void asked.push("pause recording"),
    resume: async ({ id }) => {
      silent.delete(id);
      asked.push("resume recording");
    },
    stop: async ({ id }) => {
      if (running.delete(id)) asked.push("stop recording");
    },
    isRunning: async ({ id }) => running.has(id),
    isSilent: async ({ id }) => running.has(id) && silent.has(id),
    fetch: async () => [],
    remove: async () => {},
  };
}
