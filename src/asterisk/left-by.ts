import type { AriEvent } from "./ari/event.ts";
import type { KnownAriEvent } from "./ari/models.generated.ts";

/** The channel that an event says has left us, for whatever reason. */
export function leftBy(event: AriEvent): string | undefined {
  const known = event as KnownAriEvent;
  return known.type === "StasisEnd" || known.type === "ChannelDestroyed" ? known.channel.id : undefined;
}

/** The channel that an event says has left its bridge. */
export function leftBridgeBy(event: AriEvent): string | undefined {
  const known = event as KnownAriEvent;
  return known.type === "ChannelLeftBridge" ? known.channel.id : undefined;
}
