import { createHash, timingSafeEqual } from "node:crypto";

/** The `Authorization` header of Basic authentication. */
export const basicAuthorization = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

/** Compares whole headers in constant time; the digests make both the same length. */
export const sameAuthorization = (expected: string, given: string | undefined): boolean =>
  given !== undefined && timingSafeEqual(digest(expected), digest(given));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
