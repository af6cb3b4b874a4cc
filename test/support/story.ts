import type { MediaDirection } from "./sip/sdp.ts";

/** What happened to one call, in order, on the call's own clock: zero is the first INVITE. */

export type CallEnd = {
  /** `refused`: the INVITE failed; `cancelled`: by us before the answer; `us`, `them`: who hung up. */
  readonly by: "refused" | "cancelled" | "us" | "them";
  /** The final status of a call that was never answered. */
  readonly status?: number;
  /** The Reason header, empty when none was sent. */
  readonly reason: string;
};

export type Happening =
  | { readonly type: "response"; readonly status: number; readonly withAudio: boolean }
  /** `direction` is what an INVITE within the call, such as one for hold, offers. */
  | { readonly type: "request"; readonly method: string; readonly direction?: MediaDirection }
  | { readonly type: "answered" }
  | { readonly type: "pressed"; readonly digit: string }
  /** A digit that came by SIP INFO. */
  | { readonly type: "digit"; readonly digit: string }
  | { readonly type: "ended"; readonly end: CallEnd };

export type Story = {
  readonly nowMs: () => number;
  readonly happenings: readonly (Happening & { readonly atMs: number })[];
  add(happening: Happening): void;
  statuses(): readonly number[];
  answeredMs(): number | undefined;
  ending(): CallEnd | undefined;
};

/** An empty story, its clock started. */
export const startStory = (): Story => {
  const startedAt = performance.now();
  const nowMs = (): number => performance.now() - startedAt;
  const happenings: (Happening & { atMs: number })[] = [];
  return {
    nowMs,
    happenings,
    add: (happening) => {
      const again = happening.type === "ended" && happenings.some(({ type }) => type === "ended");
      if (!again) happenings.push({ ...happening, atMs: Math.round(nowMs()) });
    },
    statuses: () => happenings.flatMap((happening) => (happening.type === "response" ? [happening.status] : [])),
    answeredMs: () => happenings.find(({ type }) => type === "answered")?.atMs,
    ending: () => happenings.flatMap((happening) => (happening.type === "ended" ? [happening.end] : []))[0],
  };
};

/** The story in one line, for the message of a failed test. */
export const tell = (story: Story): string =>
  story.happenings.map(({ atMs, ...happening }) => `${atMs} ms ${JSON.stringify(happening)}`).join("; ");
