import { z } from "zod";
import type { Page, PageRequest } from "../../ports/resource-store.ts";
import { pageOf, pageQuery, pageRequestOf } from "../paging.ts";
import { Problem } from "../problem.ts";
import type { Api } from "../services.ts";

/** The id in a path. */
export const idParameters = z.object({ id: z.uuid("a UUID").toLowerCase() });

/** What can be listed and shown. */
export type Readable<T> = {
  /** As in `flow`. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** Fields that the list can be filtered by, as they are written after `?`. */
  readonly filters?: Readonly<Record<string, z.ZodType<string>>>;
  readonly list: (customerId: string, page: PageRequest, filter: Readonly<Record<string, string>>) => Promise<Page<T>>;
  readonly get: (id: string, customerId: string) => Promise<T | undefined>;
};

/** Adds the list, and the showing of one: `GET /flows`, `GET /flows/{id}`. */
export function addReading<T>(api: Api, { name, schema, filters = {}, list, get }: Readable<T>): void {
  const shown: z.ZodType = schema;
  const plural = `${name}s`;
  // The type says nothing of the filters, whose names are not known to it: what they let through is text.
  const querySchema = pageQuery.extend(z.object(filters).partial().shape) as unknown as typeof pageQuery;
  api.get(`/${plural}`, {
    schema: {
      tags: [plural],
      operationId: `list_${plural}`,
      summary: `Lists your ${plural}, newest first`,
      querystring: querySchema,
      response: { 200: pageOf(shown) },
    },
    handler: async (request) => {
      const { page_size, page_token, ...filter } = request.query;
      return list(request.customerId, pageRequestOf({ page_size, page_token }), filter);
    },
  });
  api.get(`/${plural}/:id`, {
    schema: {
      tags: [plural],
      operationId: `get_${name}`,
      summary: `Shows one of your ${plural}`,
      params: idParameters,
      response: { 200: shown },
    },
    handler: async (request) => found(await get(request.params.id, request.customerId), name),
  });
}

/** Adds `DELETE /flows/{id}`, which answers with what it removed. */
export function addRemoval<T>(
  api: Api,
  { name, schema, get }: Readable<T>,
  remove: (id: string, customerId: string) => Promise<boolean>,
  description?: string,
): void {
  const shown: z.ZodType = schema;
  api.delete(`/${name}s/:id`, {
    schema: {
      tags: [`${name}s`],
      operationId: `delete_${name}`,
      summary: `Removes one of your ${name}s, and shows it for the last time`,
      ...(description === undefined ? {} : { description }),
      params: idParameters,
      response: { 200: shown },
    },
    handler: async (request) => {
      const { customerId, params } = request;
      const removed = found(await get(params.id, customerId), name);
      await remove(params.id, customerId);
      return removed;
    },
  });
}

/** What was asked for; a problem when the customer has no such thing. */
export function found<T>(resource: T | undefined, name: string): T {
  if (resource === undefined) throw new Problem("RESOURCE_NOT_FOUND", `you have no such ${name}`);
  return resource;
}
