import type { Config } from "./config.ts";
import type { Clock } from "./ports/clock.ts";
import type { OutboundHttp } from "./ports/outbound-http.ts";
import type { SmsGateway } from "./ports/sms-gateway.ts";
import { httpGateway } from "./providers/sms/http-gateway.ts";
import { twilio } from "./providers/sms/twilio.ts";

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
