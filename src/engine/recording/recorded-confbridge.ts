import { bridgeIdOf, type Confbridge } from "../../model/confbridge.ts";
import type { Recorded } from "./recorded.ts";

/** The bridge goes with the last who is in it, and its recording with the bridge: the switch tells. */
const never = new AbortController().signal;

/** A confbridge as something to be recorded: all that is said in it, and the music for who is alone. */
export const recordedConfbridge = (
  { id, customer_id }: Pick<Confbridge, "id" | "customer_id">,
  isAttended: (confbridgeId: string) => boolean,
): Recorded => ({
  referenceType: "confbridge",
  referenceId: id,
  customerId: customer_id,
  activeflowId: null,
  callId: null,
  source: { kind: "bridge", id: bridgeIdOf(id) },
  signal: never,
  get state() {
    return isAttended(id) ? "up" : "ended";
  },
  tell: () => {},
});
