import type { CallScope } from "../call-scope.ts";
import type { Recorded } from "./recorded.ts";

/** A call as something to be recorded: what it says, and what it hears. */
export const recordedCall = (scope: CallScope): Recorded => ({
  referenceType: "call",
  referenceId: scope.call.id,
  customerId: scope.call.customer_id,
  activeflowId: scope.call.activeflow_id,
  callId: scope.call.id,
  source: { kind: "channel", id: scope.call.channel_id },
  signal: scope.signal,
  get state() {
    const { status } = scope.call;
    if (status === "progressing") return "up";
    return status === "dialing" || status === "ringing" ? "unanswered" : "ended";
  },
  tell: scope.recorded,
});
