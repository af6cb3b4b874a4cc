/** An action could not do what it is for; the flow goes on, and the timeline says why. */
export class ActionError extends Error {
  override readonly name = "ActionError";
  /** What can be done about it, if that is not plain from the message. */
  readonly remedy: string | undefined;
  /** Whose failure it was, if somebody else's. */
  readonly provider: string | undefined;

  constructor(message: string, { remedy, provider, ...options }: ErrorOptions & Because = {}) {
    super(message, options);
    this.remedy = remedy;
    this.provider = provider;
  }
}

type Because = { readonly remedy?: string | undefined; readonly provider?: string | undefined };
