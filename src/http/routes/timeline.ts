import { z } from "zod";
import { type TimelineEntry, timelineEntrySchema } from "../../model/timeline.ts";
import type { Api } from "../services.ts";
import { found, idParameters } from "./resource.ts";

type Told = {
  /** As in `call`. */
  readonly name: string;
  readonly get: (id: string, customerId: string) => Promise<unknown>;
  readonly factsOf: (id: string) => Promise<readonly TimelineEntry[]>;
};

/** Adds `GET /calls/{id}/timeline`. */
export function addTimeline(api: Api, { name, get, factsOf }: Told): void {
  api.get(`/${name}s/:id/timeline`, {
    schema: {
      tags: [`${name}s`],
      operationId: `get_${name}_timeline`,
      summary: "Tells what happened, oldest first",
      params: idParameters,
      response: { 200: z.object({ result: z.array(timelineEntrySchema).readonly(), next_page_token: z.null() }) },
    },
    handler: async (request) => {
      found(await get(request.params.id, request.customerId), name);
      return { result: await factsOf(request.params.id), next_page_token: null };
    },
  });
}
