import { NIL_UUID } from "../model/identifier.ts";
import type { ConnectEnd } from "../ports/connector.ts";

/** The variables that tell how a connection went. */
export const connectVariableNames: readonly string[] = ["status", "hangup_reason", "answered_call_id", "duration"].map(
  (field) => `voipbin.connect.${field}`,
);

/** How a connection went: `answered`, or why not; how long the talk was, ms. */
export function connectVariables(end: ConnectEnd): readonly (readonly [name: string, value: string])[] {
  const answered = end.kind === "answered";
  const values = [
    answered ? "answered" : end.reason,
    end.reason,
    answered ? end.callId : NIL_UUID,
    answered ? String(end.durationMs) : "0",
  ];
  return connectVariableNames.map((name, index) => [name, values[index] ?? ""] as const);
}
