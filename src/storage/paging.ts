import { z } from "zod";
import { type Page, type PageRequest, PageTokenError } from "../ports/resource-store.ts";

/** Where a page ended: lists go by age, the newest first, and by id within a millisecond. */
export type Place = { readonly tm_create: string; readonly id: string };

const placeSchema = z.tuple([z.iso.datetime(), z.string().max(64)]);

/** The place that a request starts after; undefined for the first page. @throws PageTokenError */
export function placeOf({ pageToken }: PageRequest): Place | undefined {
  if (pageToken === undefined) return undefined;
  const place = placeSchema.safeParse(decode(pageToken));
  if (!place.success) throw new PageTokenError(pageToken);
  const [tm_create, id] = place.data;
  return { tm_create, id };
}

/** A page of rows that were asked for with one more than the page holds. */
export function pageOf<Row extends Place, T>(
  rows: readonly Row[],
  { pageSize }: PageRequest,
  toResource: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, pageSize);
  const last = rows.length > pageSize ? shown.at(-1) : undefined;
  return { result: shown.map(toResource), next_page_token: last ? encode(last) : null };
}

const encode = ({ tm_create, id }: Place): string => Buffer.from(JSON.stringify([tm_create, id])).toString("base64url");

function decode(pageToken: string): unknown {
  try {
    return JSON.parse(Buffer.from(pageToken, "base64url").toString());
  } catch {
    return undefined;
  }
}
