/** Settings of the SMS gateway: part of `config.ts`. */
import { z } from "zod";

const DAY_SECONDS = 86_400;
const webUrl = z.url({ protocol: /^https?$/ });
const secret = z.string().min(8, "at least 8 characters").meta({ secret: true });

/** `a=x,b=y.0.z` for these names; those that are left out are called what they are. */
const fields = <Name extends string>(...names: readonly Name[]) =>
  z.string().transform((text, context): Readonly<Record<Name, string>> => {
    const given = text.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim().split("=", 2)]));
    const wrong = given.find(([name, path]) => !names.includes(name as Name) || !path);
    if (wrong) context.addIssue({ code: "custom", message: `NAME=FIELD, with names out of ${names.join(", ")}` });
    const own = Object.fromEntries(names.map((name) => [name, name]));
    return { ...own, ...Object.fromEntries(given) } as Record<Name, string>;
  });

const headers = z.string().transform((text, context): Readonly<Record<string, string>> => {
  const parsed = z.record(z.string(), z.string()).safeParse(parse(text));
  if (!parsed.success) context.addIssue({ code: "custom", message: 'JSON, such as {"authorization": "Bearer …"}' });
  return parsed.data ?? {};
});

export const smsSettings = {
  RINGDOWN_PUBLIC_URL: webUrl
    .optional()
    .transform((url) => url?.replace(/\/+$/, ""))
    .describe("Where the internet reaches the HTTP API, such as `https://calls.example.com`: for SMS that come in."),
  RINGDOWN_SMS_GATEWAY: z
    .enum(["twilio", "http"])
    .optional()
    .describe("What texts to telephone numbers go through: `twilio`, or `http` for any other provider."),
  RINGDOWN_SMS_FROM: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe("Who sends texts that have no number of their own: a number, or a Messaging Service of Twilio (`MG…`)."),
  RINGDOWN_SMS_REPORT_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(30 * DAY_SECONDS)
    .default(3 * DAY_SECONDS)
    .describe(
      "How long to wait for a report about a text that the gateway has taken, before it is a `dlr_timeout`; 0: none is awaited, though one that comes counts.",
    ),
  RINGDOWN_MESSAGE_DEADLINE_MS: z.coerce
    .number()
    .int()
    .min(1)
    .default(30_000)
    .describe("How long a flow may wait for what becomes of a text (`conversation_send` with `sync`), ms."),
  RINGDOWN_TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-fA-F]{32}$/, "AC and 32 hexadecimal digits")
    .optional()
    .describe("Account of Twilio."),
  RINGDOWN_TWILIO_AUTH_TOKEN: secret.optional().describe("Its auth token, with which Twilio signs too."),
  RINGDOWN_TWILIO_ENDPOINT: webUrl.default("https://api.twilio.com").describe("Another server for Twilio's API."),
  RINGDOWN_SMS_HTTP_URL: z
    .string()
    .regex(/^https?:\/\//, "an http(s) URL")
    .optional()
    .describe("Where `http` sends a text. May have `{to}`, `{from}`, `{text}`, `{id}` and `{status_url}` in it."),
  RINGDOWN_SMS_HTTP_METHOD: z.enum(["GET", "POST", "PUT"]).default("POST").describe("GET, POST or PUT."),
  RINGDOWN_SMS_HTTP_HEADERS: headers
    .prefault("{}")
    .describe("Headers as JSON: credentials, and a `content-type` other than `application/json`.")
    .meta({ secret: true }),
  RINGDOWN_SMS_HTTP_BODY: z
    .string()
    .default('{"id": "{id}", "from": "{from}", "to": "{to}", "text": "{text}", "status_url": "{status_url}"}')
    .describe("The body; values are written as its content type wants them. Not with GET."),
  RINGDOWN_SMS_HTTP_SUCCESS: z
    .string()
    .regex(/^[^=]+=/, "PATH=VALUE")
    .optional()
    .describe("What a 2xx answer must have to be a success, such as `messages.0.status=0`."),
  RINGDOWN_SMS_HTTP_REFERENCE: z.string().default("id").describe("Where the answer has the provider's own id."),
  RINGDOWN_SMS_HTTP_INBOUND: fields("id", "from", "to", "text")
    .prefault("id=id,from=from,to=to,text=text")
    .describe("How a text that comes in names its fields, JSON or form."),
  RINGDOWN_SMS_HTTP_STATUS: fields("id", "status", "error")
    .prefault("id=id,status=status,error=error")
    .describe("How a report about a text names its fields; `id` is ours, `{id}`."),
  RINGDOWN_SMS_HTTP_SECRET: secret
    .optional()
    .describe("What the provider shows as `?secret=` or `Authorization: Bearer` when it calls us; none: it can't."),
};

const NEEDED = {
  twilio: ["RINGDOWN_TWILIO_ACCOUNT_SID", "RINGDOWN_TWILIO_AUTH_TOKEN"],
  http: ["RINGDOWN_SMS_HTTP_URL"],
} as const;

type SmsConfig = Readonly<z.infer<z.ZodObject<typeof smsSettings>>>;

/** What the chosen gateway still needs. */
export function smsFaults(config: SmsConfig): readonly string[] {
  const { RINGDOWN_SMS_GATEWAY: gateway } = config;
  if (!gateway) return [];
  return NEEDED[gateway].flatMap((name) =>
    config[name] ? [] : [`${name} is missing: RINGDOWN_SMS_GATEWAY=${gateway} needs it`],
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
