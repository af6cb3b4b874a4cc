/**
 * What reaches into a run from outside: its call ends, it is stopped, a list that it is in is interrupted.
 *
 * 1. A run is over once and for good; nothing interrupts it then.
 * 2. A step runs with the signal as it is when the step begins. The signal aborts when the run is ended, and when its list
 *    is interrupted; only then is there another for the steps that follow, so a step costs nothing here.
 * 3. An interruption that was accepted is taken before any other step begins, unless the run is over before that.
 */
import { type Cursor, leaveList } from "../flow/cursor.ts";

/** The list that a step was in has been interrupted; the reason of the step's signal. */
export class ListInterrupted extends Error {
  override readonly name = "ListInterrupted";
  readonly list: string;

  constructor(list: string) {
    super(`the list ${list} was interrupted`);
    this.list = list;
  }
}

/** The run was stopped from outside; the reason of its steps' signal. */
export class RunStopped extends Error {
  override readonly name = "RunStopped";
}

/** Where a run goes on that has been interrupted, and the name of the list that it leaves. */
export type Interruption = { readonly cursor: Cursor; readonly list: string };

export type RunSignal = ReturnType<typeof createRunSignal>;

/** For one run; ended by the signal of its call, if it has one. */
export function createRunSignal(call?: AbortSignal) {
  let controller = new AbortController();
  let isOver = false;
  let accepted: Interruption | undefined;

  const end = (reason: unknown): void => {
    if (isOver) return;
    isOver = true;
    controller.abort(reason);
  };
  if (call?.aborted) end(call.reason);
  else call?.addEventListener("abort", () => end(call.reason), { once: true });

  return {
    /** For the step that begins now. */
    get ofStep(): AbortSignal {
      return controller.signal;
    },
    get isOver(): boolean {
      return isOver;
    },
    end,
    /** The run has come to its end by itself. */
    conclude: (): void => {
      isOver = true;
    },
    /** Interrupts a list of the run that stands here; false, and nothing happens, when the run is not in such a list. */
    interrupt(at: Cursor, list: string): boolean {
      if (isOver) return false;
      // Interrupted already, the run is where that leads, though its step may not have noticed.
      const cursor = leaveList(accepted?.cursor ?? at, list);
      if (!cursor) return false;
      accepted = { cursor, list };
      controller.abort(new ListInterrupted(list));
      return true;
    },
    /** The interruption that has been accepted, to be obeyed now. */
    take(): Interruption | undefined {
      const taken = accepted;
      if (taken) {
        accepted = undefined;
        controller = new AbortController();
      }
      return taken;
    },
  };
}
