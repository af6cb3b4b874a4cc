import { z } from "zod";
import type { Recording } from "../model/recording.ts";
import type { Storage } from "../ports/storage.ts";

/** What is and was recorded of a conference, to be shown with it. */
export const recordingIds = {
  recording_id: z.uuid().nullable().describe("What is recorded of it now."),
  recording_ids: z.array(z.uuid()).describe("All that was and is recorded of it."),
};

/** Adds to each what is recorded in its confbridge. */
export async function withRecordingIds<T extends { readonly confbridge_id: string }>(
  { recordings }: Pick<Storage, "recordings">,
  resources: readonly T[],
): Promise<(T & z.infer<z.ZodObject<typeof recordingIds>>)[]> {
  const all = resources.length === 0 ? [] : await recordings.of(...resources.map((one) => one.confbridge_id));
  const recorded = Map.groupBy(all, ({ reference_id }) => reference_id);
  return resources.map((resource) => {
    const own = recorded.get(resource.confbridge_id) ?? [];
    return { ...resource, recording_id: own.find(isRunning)?.id ?? null, recording_ids: own.map(({ id }) => id) };
  });
}

const isRunning = ({ status }: Recording): boolean => status === "initiating" || status === "recording";
