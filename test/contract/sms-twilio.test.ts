import { afterAll, expect, test } from "vitest";
import { addressPolicy } from "../../src/providers/outbound/address-policy.ts";
import { outboundHttp } from "../../src/providers/outbound/outbound-http.ts";
import { twilio } from "../../src/providers/sms/twilio.ts";
import { nextAddress } from "../support/loopback.ts";
import { ACCOUNT_SID, AUTH_TOKEN, PUBLIC_URL, startTwilioServer } from "../support/twilio-server.ts";
import { never } from "./media-parts.ts";
import { smsSuite } from "./sms-suite.ts";

const server = await startTwilioServer(nextAddress(), 8020);
const http = outboundHttp(addressPolicy("127.0.0.0/8"));
afterAll(async () => Promise.all([server.close(), http.close()]));

const settings = {
  accountSid: ACCOUNT_SID,
  authToken: AUTH_TOKEN,
  endpoint: server.endpoint,
  publicUrl: PUBLIC_URL,
  http,
};
const gateway = twilio(settings);

smsSuite({
  gateway,
  sent: () => server.messages.map(({ from, to, body }) => ({ from, to, text: body })),
  begin: server.begin,
  wrongCredentials: twilio({ ...settings, authToken: "something else" }),
  nobodyThere: twilio({ ...settings, endpoint: `http://${nextAddress()}:8021` }),
  remedy: /RINGDOWN_TWILIO_ACCOUNT_SID/,
});

const sms = { key: "one.0", from: "+4930111111", to: "+4930333333", text: "is it out?" };

test("a text whose answer was lost is found, and only that one", async () => {
  const before = Date.now();
  expect(await gateway.find?.(sms, before, never)).toBeUndefined();
  server.begin("lost");
  expect(await gateway.send(sms, never)).toMatchObject({ kind: "unsure" });
  server.begin(undefined);
  const { sid } = server.messages.at(-1) ?? {};
  expect(await gateway.find?.(sms, before, never)).toEqual({ reference: sid, parts: 1 });
  expect(await gateway.find?.({ ...sms, text: "another" }, before, never)).toBeUndefined();
  expect(await gateway.find?.({ ...sms, to: "+4930444444" }, before, never)).toBeUndefined();
  expect(await gateway.find?.(sms, before + 60_000, never)).toBeUndefined();
});

test("an address that may not be asked is refused, with the setting that allows it", async () => {
  const guarded = outboundHttp(addressPolicy("false"));
  const outcome = await twilio({ ...settings, http: guarded }).send(sms, never);
  expect(outcome).toEqual({ kind: "refused", why: expect.stringContaining("RINGDOWN_ALLOW_PRIVATE_URLS") });
  await guarded.close();
});

test("how many SMS a text is, is told, unless Twilio does not know yet", async () => {
  expect(await gateway.send({ ...sms, text: "x".repeat(161) }, never)).toMatchObject({ kind: "accepted", parts: 2 });
  const service = `MG${"0".repeat(32)}`;
  expect(await gateway.send({ ...sms, from: service }, never)).not.toHaveProperty("parts");
});

test("a Messaging Service sends as one, and what is too long is not tried", async () => {
  const service = `MG${"0".repeat(32)}`;
  const { length } = server.messages;
  expect(await gateway.send({ ...sms, from: service }, never)).toMatchObject({ kind: "accepted" });
  expect(server.messages.at(-1)).toMatchObject({ from: service, callback: `${PUBLIC_URL}/v1.0/sms/status/one.0` });
  expect(await gateway.send({ ...sms, text: "x".repeat(1_601) }, never)).toMatchObject({ kind: "refused" });
  expect(server.messages).toHaveLength(length + 1);
});
