import type { ActiveflowRecord, ActiveflowStore, StoredFrame } from "../../src/ports/activeflow-store.ts";

/** Runs in a Map: what the engine costs when storing costs nothing. Timelines and deliveries go nowhere. */
export function memoryActiveflows(): ActiveflowStore {
  const records = new Map<string, ActiveflowRecord>();
  const frames = new Map<string, readonly StoredFrame[]>();
  return {
    async create(record, frame) {
      records.set(record.id, record);
      frames.set(record.id, [frame]);
    },
    async save(id, { enteredFrames, deliveries: _deliveries, ...change }) {
      const record = records.get(id);
      if (record) records.set(id, { ...record, ...change });
      if (enteredFrames) frames.set(id, [...(frames.get(id) ?? []), ...enteredFrames]);
    },
    get: async (id) => records.get(id),
    frames: async (id) => frames.get(id) ?? [],
    running: async () => [...records.values()].filter(({ status }) => status === "running"),
    remove: async (id) => records.delete(id),
    list: async () => ({ result: [...records.values()], next_page_token: null }),
  };
}
