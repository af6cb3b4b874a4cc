/** Where calls wait before what a test wants to happen in an instant of its choice. */
import { randomUUID } from "node:crypto";
import { eventually } from "../support/eventually.ts";
import type { FlowAction, Lab } from "../support/lab.ts";
import { receive } from "../support/receiver.ts";

/** A `fetch` whose answer, these actions, comes when the gate is opened. */
export const gate = ({ audio }: Lab, ...actions: readonly FlowAction[]) => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { url, received } = receive(audio, `/${randomUUID()}`, async () => {
    await opened;
    return { body: actions };
  });
  return {
    fetch: { type: "fetch", option: { event_url: url } } satisfies FlowAction,
    /** Waits until the call is there. */
    reached: () => eventually("the call at the gate", () => received.length > 0),
    open,
  };
};
