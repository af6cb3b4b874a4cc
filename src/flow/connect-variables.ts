import { z } from "zod";
import { causeOf } from "../model/hangup.ts";
import { NIL_UUID } from "../model/identifier.ts";
import type { ConnectEnd } from "../ports/connector.ts";
import type { Break, BrokenStep } from "./action.ts";

type VariableValues = readonly (readonly [name: string, value: string])[];

/** The variables that tell how a connection went. */
export const connectVariableNames: readonly string[] = ["status", "hangup_reason", "answered_call_id", "duration"].map(
  (field) => `voipbin.connect.${field}`,
);

/** What a step remembers as `connected`: who has answered, and when. */
const connectedSchema = z.object({ callId: z.string(), atMs: z.number() });
export type Connected = z.infer<typeof connectedSchema>;

/** How a connection went: `answered`, or why not; how long the talk was, ms. */
export function connectVariables(end: ConnectEnd): VariableValues {
  const answered = end.kind === "answered";
  const values = [
    answered ? "answered" : end.reason,
    end.reason,
    answered ? end.callId : NIL_UUID,
    answered ? String(end.durationMs) : "0",
  ];
  return connectVariableNames.map((name, index) => [name, values[index] ?? ""] as const);
}

/** How a connection went that was broken off, by the caller's hangup say: until then, whoever had answered. */
export function brokenConnection(how: Break, { memo, atMs }: BrokenStep): VariableValues {
  const { data: connected } = connectedSchema.safeParse(memo.connected);
  const reason = how === "failed" ? "failed" : connected ? "normal" : "cancel";
  const end = { reason, cause: causeOf[reason] } as const;
  if (!connected) return connectVariables({ kind: "unanswered", ...end });
  const durationMs = Math.max(0, atMs - connected.atMs);
  return connectVariables({ kind: "answered", callId: connected.callId, durationMs, ...end });
}
