import { z } from "zod";
import type { PageRequest } from "../ports/resource-store.ts";

const PAGE_SIZE_LIMIT = 1000;
const PAGE_SIZE_DEFAULT = 50;

/** What every list may be asked. */
export const pageQuery = z.strictObject({
  page_size: z.coerce
    .number()
    .int()
    .min(1)
    .max(PAGE_SIZE_LIMIT)
    .default(PAGE_SIZE_DEFAULT)
    .describe("How many at most."),
  page_token: z.string().min(1).max(512).optional().describe("`next_page_token` of the page before."),
});

export const pageRequestOf = ({ page_size, page_token }: z.infer<typeof pageQuery>): PageRequest => ({
  pageSize: page_size,
  pageToken: page_token,
});

/** What every list answers: newest first, with the token of the next page if there is one. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ result: z.array(item).readonly(), next_page_token: z.string().nullable() });
