import type { KnownAriEvent } from "./models.generated.ts";

declare const undescribed: unique symbol;

/** An event of a newer Asterisk, or of a module of its own: handed on as it came. */
export interface UnknownAriEvent {
  /** Any name but the known ones; the brand keeps `event.type === "StasisStart"` a proof. */
  readonly type: string & { readonly [undescribed]: true };
  readonly application?: string;
  readonly timestamp?: string;
}

/** What Asterisk tells us, by `type`. */
export type AriEvent = KnownAriEvent | UnknownAriEvent;

/** Hears events in the order of their arrival; it must not block. */
export type AriEventListener = (event: AriEvent) => void;
