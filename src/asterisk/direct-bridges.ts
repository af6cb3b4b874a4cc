import type { AriConnection } from "./ari/connection.ts";
import type { KnownAriEvent } from "./ari/models.generated.ts";

/** The name of bridges in which packets may go from one phone to the other past Asterisk's core. */
export const DIRECT_BRIDGE = "direct";

/** What spares every other call a look at all bridges before it is given something of its own to hear. */
export interface DirectBridges {
  opening(bridgeId: string): void;
  /** Whether there is one, made by this process or an earlier one. */
  areAny(): Promise<boolean>;
}

/** One for all, made before the connection starts. */
export function directBridgesOn({
  ari,
  onEvent,
  onState,
}: Pick<AriConnection, "ari" | "onEvent" | "onState">): DirectBridges {
  const open = new Set<string>();
  let found: Promise<unknown> = Promise.resolve();

  onEvent((event) => {
    const known = event as KnownAriEvent;
    if (known.type === "BridgeDestroyed") open.delete(known.bridge.id);
  });
  onState(({ kind }) => {
    if (kind === "up") found = find().catch(() => undefined);
  });

  /** What an earlier process made. */
  async function find(): Promise<void> {
    for (const { id, name } of await ari.bridges.list()) if (name === DIRECT_BRIDGE) open.add(id);
  }

  return {
    opening: (bridgeId) => void open.add(bridgeId),
    async areAny() {
      await found;
      return open.size > 0;
    },
  };
}
