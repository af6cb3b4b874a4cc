/** Texts by way of Twilio's Programmable Messaging. */
import { z } from "zod";
import type { OutboundHttp } from "../../ports/outbound-http.ts";
import type { GatewayNews, GatewayRequest, Sms, SmsGateway, SmsOutcome, SmsState } from "../../ports/sms-gateway.ts";
import { askGateway, jsonOf, outcomeOf, outcomeOfFault } from "./gateway-answer.ts";
import { isSigned } from "./twilio-signature.ts";

/** More is refused by Twilio. */
const MAX_CHARACTERS = 1_600;
/** Its clock and ours may differ, and it tells whole seconds. */
const CLOCKS_DIFFER_MS = 5_000;

export type TwilioSettings = {
  readonly accountSid: string;
  readonly authToken: string;
  readonly endpoint: string;
  /** Where Twilio reaches us; without it nobody tells what became of a text. */
  readonly publicUrl: string | undefined;
  readonly http: OutboundHttp;
};

/** Absent, or none, while Twilio does not know: it counts when a Messaging Service has chosen the sender. */
const num_segments = z.coerce.number().int().positive().optional().catch(undefined);
const acceptedSchema = z.object({ sid: z.string(), num_segments });
const refusedSchema = z.object({ code: z.number().nullish(), message: z.string().nullish() });
const listSchema = z.object({
  messages: z.array(acceptedSchema.extend({ body: z.string().nullish(), date_created: z.string().nullish() })),
});

export function twilio({ accountSid, authToken, endpoint, publicUrl, http }: TwilioSettings): SmsGateway {
  const url = `${endpoint.replace(/\/$/, "")}/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;

  return {
    name: "Twilio",
    thanks: { contentType: "text/xml", body: "<Response></Response>" },
    async send(sms, signal): Promise<SmsOutcome> {
      if ([...sms.text].length > MAX_CHARACTERS) {
        return { kind: "refused", why: `Twilio takes at most ${MAX_CHARACTERS} characters: send several messages` };
      }
      try {
        const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
        const body = String(formOf(sms, publicUrl));
        const { status, text } = await askGateway(http, { url, method: "POST", headers, body }, signal);
        if (status < 200 || status > 299) return outcomeOf(status, refusalOf(status, text));
        const accepted = acceptedSchema.safeParse(jsonOf(text));
        if (accepted.success) return { kind: "accepted", ...takenAs(accepted.data) };
        return { kind: "unsure", why: `Twilio answered ${status} with something that is no message` };
      } catch (error) {
        return outcomeOfFault(error, signal);
      }
    },
    async find({ to, from, text }, sinceMs, signal) {
      const since = sinceMs - CLOCKS_DIFFER_MS;
      const query = new URLSearchParams({ To: to, PageSize: "100" });
      if (!isService(from)) query.set("From", from);
      query.set("DateSent>", `${new Date(since).toISOString().slice(0, 19)}Z`);
      const answer = await askGateway(http, { url: `${url}?${query}`, headers: { authorization } }, signal);
      const list = listSchema.safeParse(jsonOf(answer.text));
      if (answer.status !== 200 || !list.success) throw new Error(`Twilio answered ${answer.status}`);
      return list.data.messages
        .filter(({ body, date_created }) => body === text && Date.parse(date_created ?? "") >= since - 1_000)
        .map(takenAs)[0];
    },
    read: (request) => read(request, { accountSid, authToken, publicUrl }),
  };
}

const takenAs = ({ sid, num_segments: parts }: z.infer<typeof acceptedSchema>) => ({
  reference: sid,
  ...(parts !== undefined && { parts }),
});

const isService = (from: string): boolean => /^MG[0-9a-f]{32}$/i.test(from);

function formOf({ key, from, to, text }: Sms, publicUrl: string | undefined): URLSearchParams {
  const form = new URLSearchParams({ To: to, Body: text });
  form.set(isService(from) ? "MessagingServiceSid" : "From", from);
  if (publicUrl) form.set("StatusCallback", `${publicUrl}/v1.0/sms/status/${key}`);
  return form;
}

function refusalOf(status: number, text: string): string {
  const { code, message } = refusedSchema.safeParse(jsonOf(text)).data ?? {};
  if (status === 401) return "Twilio does not know the account: look at RINGDOWN_TWILIO_ACCOUNT_SID and _AUTH_TOKEN";
  return `Twilio answered ${status}${code ? `, error ${code}` : ""}${message ? `: ${message}` : ""}`;
}

function read(
  { about, key, path, headers, body }: GatewayRequest,
  { accountSid, authToken, publicUrl }: Pick<TwilioSettings, "accountSid" | "authToken" | "publicUrl">,
): GatewayNews {
  const parameters = new URLSearchParams(body);
  const signature = headers["x-twilio-signature"] ?? "";
  if (!publicUrl || !isSigned({ url: publicUrl + path, parameters, signature }, authToken)) return { kind: "forged" };
  const given = (name: string) => parameters.get(name) ?? "";
  if (given("AccountSid") !== accountSid) return { kind: "forged" };
  const sid = given("MessageSid");
  if (about === "text") {
    const text = {
      key: `twilio ${sid}`,
      kind: "tel",
      to: given("To"),
      from: given("From"),
      fromName: "",
      hops: 0,
    } as const;
    const parts = num_segments.parse(given("NumSegments"));
    return { kind: "text", text: { ...text, text: given("Body"), ...(parts !== undefined && { parts }) } };
  }
  const state = stateOf(given("MessageStatus"), given("ErrorCode"));
  return state && key ? { kind: "state", key, reference: sid, state } : { kind: "nothing" };
}

const STATES: Readonly<Record<string, SmsState["status"]>> = {
  sent: "sent",
  delivered: "delivered",
  read: "delivered",
  undelivered: "failed",
  failed: "failed",
  canceled: "failed",
};

function stateOf(status: string, code: string): SmsState | undefined {
  const known = STATES[status];
  if (known !== "failed") return known && { status: known, error: null };
  return { status: known, error: `Twilio says ${status}${code === "" ? "" : `, error ${code}`}` };
}
