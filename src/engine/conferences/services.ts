import type { Logger } from "pino";
import type { Bridges } from "../../ports/bridges.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Storage } from "../../ports/storage.ts";
import type { Telephony } from "../../ports/telephony.ts";
import type { CallScope } from "../call-scope.ts";
import type { CallSounds } from "../call-sound.ts";

/** What conferences are made of. */
export type ConferenceServices = {
  readonly storage: Pick<Storage, "confbridges" | "conferences" | "conferencecalls">;
  readonly bridges: Bridges;
  readonly sounds: CallSounds;
  /** The call on this channel. */
  readonly callOn: (channelId: string) => CallScope | undefined;
  readonly telephony: Pick<Telephony, "answer" | "servants">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly background: (work: Promise<unknown>) => void;
  /** Aborts when the engine stops. */
  readonly closing: AbortSignal;
};
