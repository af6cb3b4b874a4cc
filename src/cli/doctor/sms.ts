import type { Config } from "../../config.ts";
import { doubt, type Finding, fine } from "./finding.ts";

const CHECK = "SMS";

/** Whether SMS can go out and come in, when there is a gateway at all. */
export function checkSms(config: Config): readonly Finding[] {
  const { RINGDOWN_SMS_GATEWAY: gateway } = config;
  if (!gateway) return [];
  const lacking = [
    config.RINGDOWN_OUTBOUND_ALLOW.length === 0 &&
      doubt(
        CHECK,
        "none can go out",
        "set RINGDOWN_OUTBOUND_ALLOW to the prefixes that may be written to, such as +49",
      ),
    !config.RINGDOWN_PUBLIC_URL &&
      doubt(
        CHECK,
        "none can come in, and nobody tells what became of those that went out",
        "set RINGDOWN_PUBLIC_URL to where the gateway reaches the HTTP API (docs/messages.md)",
      ),
    gateway === "http" &&
      !config.RINGDOWN_SMS_HTTP_SECRET &&
      doubt(CHECK, "the provider can't call us", "set RINGDOWN_SMS_HTTP_SECRET, and give it to the provider"),
  ].filter((finding) => finding !== false);
  return lacking.length > 0 ? lacking : [fine(CHECK, `by way of ${gateway}`)];
}
