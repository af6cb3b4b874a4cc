import type { Config } from "./config.ts";
import type { Clock } from "./ports/clock.ts";
import type { OutboundHttp } from "./ports/outbound-http.ts";
import type { SmsGateway } from "./ports/sms-gateway.ts";
import { httpGateway } from "./providers/sms/http-gateway.ts";
import { twilio } from "./providers/sms/twilio.ts";

/** How long the gateway may take to say what became of a text; undefined when it can't tell us, or nobody wants to know. */
export function reportWithinMsOf(config: Config): number | undefined {
  const { RINGDOWN_SMS_GATEWAY: gateway, RINGDOWN_SMS_REPORT_SECONDS: seconds } = config;
  const mayTell = gateway === "twilio" ? config.RINGDOWN_PUBLIC_URL : config.RINGDOWN_SMS_HTTP_SECRET;
  return mayTell === undefined || seconds === 0 ? undefined : seconds * 1_000;
}

/** The gateway that the settings name; they have been checked. */
export function smsGatewayOf(config: Config, http: OutboundHttp, clock: Clock): SmsGateway | undefined {
  const publicUrl = config.RINGDOWN_PUBLIC_URL;
  if (config.RINGDOWN_SMS_GATEWAY === "twilio") {
    return twilio({
      accountSid: config.RINGDOWN_TWILIO_ACCOUNT_SID ?? "",
      authToken: config.RINGDOWN_TWILIO_AUTH_TOKEN ?? "",
      endpoint: config.RINGDOWN_TWILIO_ENDPOINT,
      publicUrl,
      http,
    });
  }
  if (config.RINGDOWN_SMS_GATEWAY !== "http") return undefined;
  const [path = "", ...value] = config.RINGDOWN_SMS_HTTP_SUCCESS?.split("=") ?? [];
  return httpGateway({
    url: config.RINGDOWN_SMS_HTTP_URL ?? "",
    method: config.RINGDOWN_SMS_HTTP_METHOD,
    headers: config.RINGDOWN_SMS_HTTP_HEADERS,
    body: config.RINGDOWN_SMS_HTTP_METHOD === "GET" ? "" : config.RINGDOWN_SMS_HTTP_BODY,
    success: path === "" ? undefined : { path, value: value.join("=") },
    referencePath: config.RINGDOWN_SMS_HTTP_REFERENCE,
    textFields: config.RINGDOWN_SMS_HTTP_INBOUND,
    stateFields: config.RINGDOWN_SMS_HTTP_STATUS,
    secret: config.RINGDOWN_SMS_HTTP_SECRET,
    publicUrl,
    http,
    clock,
  });
}
