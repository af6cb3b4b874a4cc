import { expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { reportWithinMsOf } from "../src/messaging.ts";

const DAY_MS = 86_400_000;
const secrets = {
  RINGDOWN_ARI_PASSWORD: "long enough",
  RINGDOWN_ARI_LISTEN_PASSWORD: "long enough",
  RINGDOWN_API_KEY: "long enough",
};
const twilio = {
  RINGDOWN_SMS_GATEWAY: "twilio",
  RINGDOWN_TWILIO_ACCOUNT_SID: `AC${"0".repeat(32)}`,
  RINGDOWN_TWILIO_AUTH_TOKEN: "long enough",
};
const provider = { RINGDOWN_SMS_GATEWAY: "http", RINGDOWN_SMS_HTTP_URL: "https://sms.example.test" };

test.each([
  ["Twilio that can't reach us", twilio, undefined],
  ["Twilio that can", { ...twilio, RINGDOWN_PUBLIC_URL: "https://calls.example.test" }, 3 * DAY_MS],
  ["a provider that can't prove who it is", provider, undefined],
  ["a provider that can", { ...provider, RINGDOWN_SMS_HTTP_SECRET: "long enough" }, 3 * DAY_MS],
  [
    "a time of our own",
    { ...provider, RINGDOWN_SMS_HTTP_SECRET: "long enough", RINGDOWN_SMS_REPORT_SECONDS: "60" },
    60_000,
  ],
  [
    "none is awaited",
    { ...provider, RINGDOWN_SMS_HTTP_SECRET: "long enough", RINGDOWN_SMS_REPORT_SECONDS: "0" },
    undefined,
  ],
])("how long a report is awaited: %s", (_, environment, expected) => {
  expect(reportWithinMsOf(readConfig({ ...secrets, ...environment }, "/nonexistent"))).toBe(expected);
});
