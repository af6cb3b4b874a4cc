import { createHash, randomUUID } from "node:crypto";
import { header, type SipResponse } from "./message.ts";

export type Credentials = { readonly user: string; readonly password: string };

/** The header that answers a 401 or 407; undefined for every other response. */
export const proveIdentity = (
  response: SipResponse,
  credentials: Credentials,
  uri: string,
): readonly [string, string] | undefined => {
  const method = header(response, "CSeq").split(" ")[1] ?? "";
  if (response.status === 401) {
    return ["Authorization", answerChallenge(header(response, "WWW-Authenticate"), credentials, method, uri)];
  }
  if (response.status === 407) {
    return ["Proxy-Authorization", answerChallenge(header(response, "Proxy-Authenticate"), credentials, method, uri)];
  }
  return undefined;
};

/** The (Proxy-)Authorization value that answers a digest challenge. */
export const answerChallenge = (challenge: string, credentials: Credentials, method: string, uri: string): string => {
  const realm = quoted(challenge, "realm");
  const nonce = quoted(challenge, "nonce");
  const opaque = quoted(challenge, "opaque");
  const algorithm = /algorithm=([\w-]+)/i.exec(challenge)?.[1] ?? "MD5";
  const hash = (text: string): string =>
    createHash(algorithm.toUpperCase() === "SHA-256" ? "sha256" : "md5")
      .update(text)
      .digest("hex");
  const identity = hash(`${credentials.user}:${realm}:${credentials.password}`);
  const request = hash(`${method}:${uri}`);
  const clientNonce = randomUUID().slice(0, 8);
  const protection = /qop="?[^"]*\bauth\b/i.test(challenge);
  const response = protection
    ? hash(`${identity}:${nonce}:00000001:${clientNonce}:auth:${request}`)
    : hash(`${identity}:${nonce}:${request}`);
  const fields = [
    `username="${credentials.user}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
    ...(opaque ? [`opaque="${opaque}"`] : []),
    ...(protection ? ["qop=auth", "nc=00000001", `cnonce="${clientNonce}"`] : []),
  ];
  return `Digest ${fields.join(", ")}`;
};

const quoted = (challenge: string, name: string): string =>
  new RegExp(`\\b${name}="([^"]*)"`, "i").exec(challenge)?.[1] ?? "";
