import { createHash, randomBytes } from "node:crypto";

/** More than anybody can guess. */
const SECRET_BYTES = 32;
/** 24 characters: beyond guessing, and still to be typed into a phone. */
const PASSWORD_BYTES = 18;
/** Tells people what a key they find is for. */
const KEY_PREFIX = "rd_";
/** What phones are told the password is for; part of each digest, so it never changes. */
const REALM = "ringdown";

/** A new key to the API. */
export const newAccessKey = (): string => KEY_PREFIX + randomBytes(SECRET_BYTES).toString("base64url");

/** What is kept of a key. */
export const hashOfKey = (key: string): string => createHash("sha256").update(key).digest("hex");

/** A new password of a SIP account. */
export const newPassword = (): string => randomBytes(PASSWORD_BYTES).toString("base64url");

/** What is kept of a SIP account's password: what digest authentication (RFC 2617) makes of it. */
export const digestOfPassword = (user: string, password: string): { realm: string; digest: string } => ({
  realm: REALM,
  digest: createHash("md5").update(`${user}:${REALM}:${password}`).digest("hex"),
});
