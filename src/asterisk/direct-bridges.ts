import type { AriConnection } from "./ari/connection.ts";
import type { AriEvent } from "./ari/event.ts";
import type { KnownAriEvent } from "./ari/models.generated.ts";
import { idsInAsterisk } from "./ids-in-asterisk.ts";

/** The name of bridges in which packets may go from one phone to the other past Asterisk's core. */
export const DIRECT_BRIDGE = "direct";

/** What spares every other call a look at all bridges before it is given something of its own to hear. */
export interface DirectBridges {
  /** There is this one, in which nobody is yet. */
  opened(bridgeId: string): void;
  /** Whether there is one, made by this process or an earlier one. */
  areAny(): Promise<boolean>;
}

/** One for all, made before the connection starts. */
export function directBridgesOn(connection: Pick<AriConnection, "ari" | "onEvent" | "onState">): DirectBridges {
  const { ids, compared } = idsInAsterisk(connection, {
    goneBy: destroyedBy,
    async look() {
      const present = await connection.ari.bridges.list();
      const kept = present.filter(({ name }) => name === DIRECT_BRIDGE);
      return { present: present.map(({ id }) => id), kept: kept.map(({ id }) => id) };
    },
  });
  return {
    opened: (bridgeId) => void ids.add(bridgeId),
    async areAny() {
      await compared();
      return ids.size > 0;
    },
  };
}

function destroyedBy(event: AriEvent): string | undefined {
  const known = event as KnownAriEvent;
  return known.type === "BridgeDestroyed" ? known.bridge.id : undefined;
}
