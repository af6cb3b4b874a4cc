import { refusal } from "./ari-error.ts";
import type { Operation } from "./operation.ts";

/** What Asterisk answered, over whichever transport. */
export type RestAnswer = { readonly status: number; readonly reason: string; readonly body: Uint8Array | string };

/** The result of a request, parsed as its operation says; throws an `AriError` unless the status is 2xx. */
export const resultOf = (operation: Operation, { status, reason, body }: RestAnswer): unknown => {
  if (status < 200 || status > 299) throw refusal(operation.name, { status, reason, body: text(body) });
  if (operation.result === "nothing") return undefined;
  return operation.result === "bytes" ? body : JSON.parse(text(body));
};

const text = (body: Uint8Array | string): string => (typeof body === "string" ? body : new TextDecoder().decode(body));
