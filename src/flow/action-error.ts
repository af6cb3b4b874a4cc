/** An action could not do what it is for; the flow goes on, and the timeline says why. */
export class ActionError extends Error {
  override readonly name = "ActionError";
}
