/** Texts by way of any provider that takes them over HTTP: the request is a template of its user. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../ports/clock.ts";
import type { OutboundHttp } from "../../ports/outbound-http.ts";
import type { GatewayNews, GatewayRequest, Sms, SmsGateway, SmsOutcome, SmsState } from "../../ports/sms-gateway.ts";
import { askGateway, jsonOf, outcomeOf, outcomeOfFault } from "./gateway-answer.ts";
import { escapeFor, fill } from "./template.ts";

/** A provider that gives its texts no id and sends one a second time does it soon. */
const SAME_TEXT_MS = 60_000;

/** Where something is in JSON, or in a form: `messages.0.status`. */
type Fields<Name extends string> = Readonly<Record<Name, string>>;

export type HttpGatewaySettings = {
  readonly url: string;
  readonly method: "GET" | "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of a 2xx answer: what must be there, so that it is a success. */
  readonly success: { readonly path: string; readonly value: string } | undefined;
  readonly referencePath: string | undefined;
  readonly textFields: Fields<"id" | "from" | "to" | "text">;
  readonly stateFields: Fields<"id" | "status" | "error">;
  /** Known to the provider alone; without it nothing is taken from anybody. */
  readonly secret: string | undefined;
  readonly publicUrl: string | undefined;
  readonly http: OutboundHttp;
  readonly clock: Pick<Clock, "now">;
};

export function httpGateway(settings: HttpGatewaySettings): SmsGateway {
  const { success, referencePath, http } = settings;

  function accepted(text: string, host: string): SmsOutcome {
    const answer = jsonOf(text);
    const said = success && textAt(answer, success.path);
    if (success && said !== success.value) {
      return { kind: "refused", why: `${host} answered ${success.path}=${said}, not ${success.value}` };
    }
    return { kind: "accepted", reference: (referencePath && textAt(answer, referencePath)) || null };
  }

  return {
    name: "the HTTP gateway",
    thanks: { contentType: "text/plain", body: "" },
    async send(sms, signal) {
      const request = requestOf(sms, settings);
      const host = URL.parse(request.url)?.host ?? "the gateway";
      try {
        const { status, text } = await askGateway(http, request, signal);
        if (status >= 200 && status <= 299) return accepted(text, host);
        const why = `${host} answered ${status}`;
        return outcomeOf(status, status === 401 ? `${why}: look at RINGDOWN_SMS_HTTP_HEADERS` : why);
      } catch (error) {
        return outcomeOfFault(error, signal);
      }
    },
    read: (request) => read(request, settings),
  };
}

function requestOf(
  { key, from, to, text }: Sms,
  { url, method, headers, body, secret, publicUrl }: HttpGatewaySettings,
) {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const query = secret === undefined ? "" : `?secret=${encodeURIComponent(secret)}`;
  const status_url = publicUrl ? `${publicUrl}/v1.0/sms/status/${key}${query}` : "";
  const values = { to, from, text, id: key, status_url };
  const type = given["content-type"] ?? "application/json";
  const whole = { url: fill(url, values, encodeURIComponent), method };
  const common = { "idempotency-key": key, ...given };
  if (body === "") return { ...whole, headers: common };
  return { ...whole, headers: { "content-type": type, ...common }, body: fill(body, values, escapeFor(type)) };
}

function read(
  { about, key, path, headers, body }: GatewayRequest,
  { secret, textFields, stateFields, clock }: HttpGatewaySettings,
): GatewayNews {
  const query = new URL(path, "http://us").searchParams;
  const shown = query.get("secret") ?? (headers.authorization ?? "").replace(/^Bearer /i, "");
  if (secret === undefined || !isSame(shown, secret)) return { kind: "forged" };
  const told = toldBy(body, headers["content-type"] ?? "", query);
  const at = (field: string) => textAt(told, field);
  if (about === "state") {
    const id = key ?? at(stateFields.id);
    const state = stateOf(at(stateFields.status), at(stateFields.error));
    return state && id !== "" ? { kind: "state", key: id, reference: null, state } : { kind: "nothing" };
  }
  const [from, to, text, id] = [at(textFields.from), at(textFields.to), at(textFields.text), at(textFields.id)];
  if (from === "" || to === "") return { kind: "nothing" };
  // Without an id of the provider's, the same words within a minute are the same text.
  const name = id === "" ? `${from} ${text} ${Math.floor(clock.now() / SAME_TEXT_MS)}` : id;
  return {
    kind: "text",
    text: { key: `sms ${to} ${name}`, kind: "tel", to: plus(to), from: plus(from), fromName: "", text, hops: 0 },
  };
}

/** In constant time, whatever the lengths. */
const isSame = (given: string, secret: string): boolean => timingSafeEqual(digest(given), digest(secret));
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Some leave out the plus of E.164. */
const plus = (number: string): string => (/^[1-9]\d{7,14}$/.test(number) ? `+${number}` : number);

function toldBy(body: string, contentType: string, query: URLSearchParams): unknown {
  if (/json/i.test(contentType)) return jsonOf(body);
  return Object.fromEntries([...query, ...new URLSearchParams(body)]);
}

/** What is at a path such as `messages.0.id`, as text; empty when nothing is. */
function textAt(value: unknown, path: string): string {
  // A form may have a field of that very name.
  const whole = fieldOf(value, path);
  const found = whole ?? path.split(".").reduce(fieldOf, value);
  return typeof found === "string" || typeof found === "number" || typeof found === "boolean" ? String(found) : "";
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

const DELIVERED = /^(delivered|delivrd|delivery_success|read|ok)$/i;
const FAILED =
  /^(failed|undelivered|undeliv|undeliverable|not_delivered|rejected|rejectd|expired|deleted|canceled|error)$/i;
const SENT = /^(sent|accepted|acceptd|buffered|enroute|submitted)$/i;

/** As providers call it, by habit or as SMPP does. */
function stateOf(status: string, error: string): SmsState | undefined {
  if (DELIVERED.test(status)) return { status: "delivered", error: null };
  if (SENT.test(status)) return { status: "sent", error: null };
  if (!FAILED.test(status)) return undefined;
  return { status: "failed", error: `the gateway says ${status}${error === "" ? "" : `, ${error}`}` };
}
