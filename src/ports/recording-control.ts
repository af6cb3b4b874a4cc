import type { Call } from "../model/call.ts";
import type { Confbridge } from "../model/confbridge.ts";
import type { Recording } from "../model/recording.ts";
import type { RecordingOrder } from "./call-recorder.ts";

/** What a request from outside may ask of recordings. Whose they are has been checked before. */
export interface RecordingControl {
  /** Records a call, with a beep that the caller hears if asked for; gives the call as it is then. @throws RecordingError */
  startOfCall(callId: string, order: RecordingOrder, beep: boolean): Promise<Call>;
  /** Ends what is recorded of a call, if anything is; the call as it is then, undefined when it has ended. */
  stopOfCall(callId: string): Promise<Call | undefined>;
  /** Records all that is said in a confbridge, until the last has left. @throws RecordingError */
  startOfConfbridge(confbridge: Pick<Confbridge, "id" | "customer_id">, order: RecordingOrder): Promise<void>;
  /** Ends what is recorded of a confbridge, if anything is. */
  stopOfConfbridge(confbridgeId: string): Promise<void>;
  /** From now on nothing is written, until it is resumed. Again, it changes nothing. @throws RecordingError `over` */
  pause(recordingId: string): Promise<Recording>;
  resume(recordingId: string): Promise<Recording>;
}
