import type { Logger } from "pino";
import type { Bridges } from "../../ports/bridges.ts";
import type { ChannelSound } from "../../ports/channel-sound.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Storage } from "../../ports/storage.ts";
import type { Telephony } from "../../ports/telephony.ts";

/** What conferences are made of. */
export type ConferenceServices = {
  readonly storage: Pick<Storage, "confbridges" | "conferences" | "conferencecalls">;
  readonly bridges: Bridges;
  readonly sound: ChannelSound;
  readonly telephony: Pick<Telephony, "answer" | "servants">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly background: (work: Promise<unknown>) => void;
  /** Aborts when the engine stops. */
  readonly closing: AbortSignal;
};
