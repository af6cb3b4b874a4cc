/** What can be done about what several actions are refused, for the timeline. */

/** For what needs a call that is up. */
export const ANSWER_FIRST = "put an `answer` before this action";

/** For an id of which the customer has nothing; by the resource's path. */
export const seeList = (path: "chatbots" | "conferences" | "confbridges" | "flows" | "queues"): string =>
  `name one that GET /v1.0/${path} lists, or make it before the call: POST /v1.0/${path}`;
