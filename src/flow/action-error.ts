/** An action could not do what it is for; the flow goes on, and the timeline says why. */
export class ActionError extends Error {
  override readonly name = "ActionError";
  /** What can be done about it, if that is not plain from the message. */
  readonly remedy: string | undefined;

  constructor(message: string, { remedy, ...options }: ErrorOptions & { readonly remedy?: string | undefined } = {}) {
    super(message, options);
    this.remedy = remedy;
  }
}
