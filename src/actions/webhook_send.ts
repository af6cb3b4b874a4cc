import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { variablesOf } from "../flow/answer-variables.ts";
import { orElse, webUrl } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";
import { expectWhole } from "../flow/refusal.ts";
import type { DeliveryRequest } from "../ports/outbox.ts";

const TRIES = 3;
const STATUS = "voipbin.webhook.status_code";
const BODY = "voipbin.webhook.body";
/** What is kept of an answer as it came. */
const KEPT_BYTES = 8 * 1024;

const option = z.strictObject({
  sync: z
    .boolean()
    .default(false)
    .describe(
      "Whether to wait for the answer, at most `RINGDOWN_URL_DEADLINE_MS`, and take the fields of its JSON object as variables: `a.b` for a " +
        "nested one. `voipbin.webhook.status_code` is 0 when there was no answer.",
    ),
  uri: webUrl.describe(
    "Where to send it. All tries have the same `Idempotency-Key` header: three while the call waits, else as many as a " +
      "day has, with growing delays, the number of each in `X-Ringdown-Attempt`.",
  ),
  method: orElse("POST", z.enum(["POST", "GET", "PUT", "DELETE"])).describe("How to send it."),
  data_type: orElse(
    "application/json",
    z
      .string()
      .max(255)
      .regex(/^[\w.+-]+\/[\w.+-]+( *;[ -~]*)?$/, "a content type, such as application/json"),
  ).describe("Its content type."),
  data: z.string().max(262_144).default("").describe("Its body, as text; with GET and DELETE none when empty."),
});
type Option = z.infer<typeof option>;

export default defineAction({
  type: "webhook_send",
  summary: "Sends an HTTP request; when it waits for the answer, the answer's fields become variables.",
  uses: ["variables", "http", "outbox", "timeline"],
  option,
  examples: [
    {
      sync: true,
      uri: "https://example.com/calls",
      method: "POST",
      data_type: "application/json",
      data: '{"destination_number": "${voipbin.call.destination.target}"}',
    },
  ],
  sets: ({ sync }) => (sync ? ["*"] : []),
  async run({ option, stepId, variables, http, outbox, timeline, memo, signal }) {
    if (!option.sync) {
      outbox.add(requestOf(option));
      return next;
    }
    // Kept, because variables may change until a second run: one key never stands for two requests.
    const request = await memo("request", () => requestOf(option));
    variables.setAll([
      [STATUS, "0"],
      [BODY, ""],
    ]);
    const whole = { ...request, idempotencyKey: stepId, tries: TRIES };
    const { status, body, missing, tries } = await http.send(whole, signal);
    variables.setAll([
      [STATUS, String(status)],
      [BODY, beginning(body)],
    ]);
    const { host } = new URL(request.url);
    expectWhole(host, { status, missing });
    timeline.add("webhook_delivered", { host, status, attempts: tries });
    variables.setAll(variablesOf(parse(body)));
    return next;
  },
});

function requestOf({ uri, method, data_type, data }: Option): DeliveryRequest {
  const bare = { url: uri, method };
  if (data === "" && (method === "GET" || method === "DELETE")) return { ...bare, headers: {} };
  return { ...bare, headers: { "content-type": data_type }, body: data };
}

/** As text, without half a character at its end. */
const beginning = (body: Uint8Array): string =>
  new TextDecoder().decode(body.subarray(0, KEPT_BYTES), { stream: true });

/** An answer need not be JSON. */
function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
