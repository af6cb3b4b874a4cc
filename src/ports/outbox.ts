/** What is sent, as it was when it was put into the outbox. */
export type DeliveryRequest = {
  readonly url: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** In lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Where an action puts what is to be sent without waiting for it. Stored with the step's next state, or not at all. */
export interface Outbox {
  add(request: DeliveryRequest): void;
}
