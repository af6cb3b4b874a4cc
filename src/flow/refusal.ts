import { ActionError } from "./action-error.ts";

/** What an action says of a server of the user's that answered with this status, which is no success. */
export const refusal = (host: string, status: number): ActionError =>
  new ActionError(`${host} answered ${status}`, { remedy: remedyOf(status) });

/** What can be done about a status that is no success. */
export function remedyOf(status: number): string {
  if (status === 401 || status === 403)
    return "put the credentials that it wants into the URL: https://USER:PASSWORD@…";
  if (status === 429) return "let it allow more requests, or make fewer";
  if (status >= 500) return "see why the server there fails: its log tells";
  return "look whether the URL and the method are what the server there expects";
}
