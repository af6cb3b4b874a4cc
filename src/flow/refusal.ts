import type { FlowAnswer } from "../ports/flow-requests.ts";
import { ActionError } from "./action-error.ts";

const INCOMPLETE = "see why the server there broke off; it may send a megabyte, and soon";

/** @throws ActionError when a server of the user's did not answer with a success, or not with the whole of it */
export function expectWhole(host: string, { status, missing }: Pick<FlowAnswer, "status" | "missing">): void {
  if (status < 200 || status > 299) throw new ActionError(`${host} answered ${status}`, { remedy: remedyOf(status) });
  if (missing) throw new ActionError(`the answer of ${host} did not come whole: ${missing}`, { remedy: INCOMPLETE });
}

/** What can be done about a status that is no success. */
export function remedyOf(status: number): string {
  if (status === 401 || status === 403)
    return "put the credentials that it wants into the URL: https://USER:PASSWORD@…";
  if (status === 429) return "let it allow more requests, or make fewer";
  if (status >= 500) return "see why the server there fails: its log tells";
  return "look whether the URL and the method are what the server there expects";
}
