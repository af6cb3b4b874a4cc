import type { Bridges } from "../../src/ports/bridges.ts";

/** Bridges without sound: they record what was asked, and know who is in which. */
export type FakeBridges = Bridges & {
  readonly asked: string[];
  /** Those that are open, with their members. */
  readonly present: Map<string, Set<string>>;
};

/** Given `asked`, what several fakes were asked is in one order. */
export function fakeBridges(asked: string[] = []): FakeBridges {
  const present = new Map<string, Set<string>>();
  return {
    asked,
    present,
    async open(bridgeId) {
      asked.push(`open ${bridgeId}`);
      if (!present.has(bridgeId)) present.set(bridgeId, new Set());
    },
    async join(bridgeId, channelIds) {
      asked.push(`join ${bridgeId} ${channelIds.join("+")}`);
      for (const id of channelIds) {
        for (const members of present.values()) members.delete(id);
        present.get(bridgeId)?.add(id);
      }
    },
    async leave(bridgeId, channelId) {
      asked.push(`leave ${bridgeId} ${channelId}`);
      present.get(bridgeId)?.delete(channelId);
    },
    members: async (bridgeId) => [...(present.get(bridgeId) ?? [])],
    async close(bridgeId) {
      asked.push(`close ${bridgeId}`);
      present.delete(bridgeId);
    },
  };
}
