type Validators = { readonly etag?: string | undefined; readonly lastModified?: string | undefined };

/** However long a server says; a greeting that was changed is heard by the next day. */
const MAX_FRESH_MS = 24 * 60 * 60 * 1_000;

/** Headers that ask for the content only if it has changed. */
export function conditionsOf(known: Validators | undefined): Readonly<Record<string, string>> {
  return {
    ...(known?.etag && { "if-none-match": known.etag }),
    ...(known?.lastModified && { "if-modified-since": known.lastModified }),
  };
}

/** How long an answer may be used without asking again; not at all when its server doesn't say. */
export function freshForMs(headers: Readonly<Record<string, string>>): number {
  const control = headers["cache-control"]?.toLowerCase() ?? "";
  if (/\bno-(cache|store)\b/.test(control)) return 0;
  const [, seconds] = /\bmax-age\s*=\s*"?(\d{1,10})/.exec(control) ?? [];
  const ageMs = Number(/^\d{1,10}$/.exec(headers.age ?? "")?.[0] ?? 0) * 1_000;
  return Math.min(MAX_FRESH_MS, Math.max(0, Number(seconds ?? 0) * 1_000 - ageMs));
}
