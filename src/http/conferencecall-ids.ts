import { z } from "zod";
import type { Storage } from "../ports/storage.ts";

/** Who is in a conference or confbridge now, to be shown with it. */
export const conferencecallIds = {
  conferencecall_ids: z.array(z.uuid()).describe("Who is in it now, in the order in which they came."),
};

/** Adds to each its calls that have not come out. */
export async function withConferencecallIds<T extends { readonly id: string }>(
  { conferencecalls }: Pick<Storage, "conferencecalls">,
  field: "conference_id" | "confbridge_id",
  resources: readonly T[],
): Promise<(T & { conferencecall_ids: string[] })[]> {
  const present = Map.groupBy(await conferencecalls.present(), (one) => one[field]);
  return resources.map((resource) => ({
    ...resource,
    conferencecall_ids: (present.get(resource.id) ?? []).map(({ id }) => id),
  }));
}
