import type { Recorder, Take } from "../../src/ports/recorder.ts";

export type FakeRecorder = Recorder & {
  readonly asked: string[];
  /** Takes that run, by id; put one there, or take it away, as an earlier process or the switch would. */
  readonly running: Map<string, Take>;
  /** The switch has ended it, and tells. */
  end(takeId: string): void;
  /** Makes the next start fail. */
  failNext(error: Error): void;
};

/** Records nothing but what was asked; given `asked`, what several fakes were asked is in one order. */
export function fakeRecorder(asked: string[] = []): FakeRecorder {
  const running = new Map<string, Take>();
  let tell: (takeId: string) => void = () => {};
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
    failNext: (error) => {
      failure = error;
    },
    onEnded: (listener) => {
      tell = listener;
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
    resume: async () => void asked.push("resume recording"),
    stop: async ({ id }) => {
      if (running.delete(id)) asked.push("stop recording");
    },
    isRunning: async ({ id }) => running.has(id),
    fetch: async () => [],
    remove: async () => {},
  };
}
