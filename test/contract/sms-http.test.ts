import { afterAll, expect, test } from "vitest";
import { addressPolicy } from "../../src/providers/outbound/address-policy.ts";
import { outboundHttp } from "../../src/providers/outbound/outbound-http.ts";
import { httpGateway } from "../../src/providers/sms/http-gateway.ts";
import { nextAddress } from "../support/loopback.ts";
import { PROVIDER_BODY, PROVIDER_KEY, startSmsProvider } from "../support/sms-provider.ts";
import { never } from "./media-parts.ts";
import { smsSuite } from "./sms-suite.ts";

const server = await startSmsProvider(nextAddress(), 8022);
const http = outboundHttp(addressPolicy("127.0.0.0/8"));
afterAll(async () => Promise.all([server.close(), http.close()]));

const settings = {
  url: server.url,
  method: "POST",
  headers: { "X-Api-Key": PROVIDER_KEY },
  body: PROVIDER_BODY,
  success: { path: "messages.0.status", value: "0" },
  referencePath: "messages.0.message-id",
  textFields: { id: "id", from: "from", to: "to", text: "text" },
  stateFields: { id: "id", status: "status", error: "error" },
  secret: undefined,
  publicUrl: "https://calls.example.test",
  http,
  clock: { now: () => 0 },
} as const;
const gateway = httpGateway(settings);

smsSuite({
  gateway,
  sent: () => server.accepted.map(({ sender, recipient, content }) => ({ from: sender, to: recipient, text: content })),
  begin: server.begin,
  wrongCredentials: httpGateway({ ...settings, headers: { "X-Api-Key": "something else" } }),
  nobodyThere: httpGateway({ ...settings, url: `http://${nextAddress()}:8023/` }),
  remedy: /RINGDOWN_SMS_HTTP_HEADERS/,
});

const sms = { key: "two.0", from: "+4930111111", to: "+4930333333", text: "hello" };

test("a 200 that says no is a refusal", async () => {
  const outcome = await gateway.send({ ...sms, text: "without credit" }, never);
  expect(outcome).toEqual({ kind: "refused", why: expect.stringContaining("messages.0.status=9, not 0") });
});

test("sent again, it is the same text", async () => {
  const { length } = server.accepted;
  server.begin("lost");
  expect(await gateway.send(sms, never)).toMatchObject({ kind: "unsure" });
  server.begin(undefined);
  expect(await gateway.send(sms, never)).toMatchObject({ kind: "accepted" });
  expect(server.accepted).toHaveLength(length + 1);
  expect(server.accepted.at(-1)?.callback).toBe("https://calls.example.test/v1.0/sms/status/two.0");
});
