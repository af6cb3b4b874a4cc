import { expect, test } from "vitest";
import type { GatewayRequest } from "../../src/ports/sms-gateway.ts";
import { StorageError } from "../../src/ports/storage-error.ts";
import { startApi } from "./support/server.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const thanks = { contentType: "text/xml", body: "<Response></Response>" };

test("a gateway's requests come byte for byte, without a key, and are thanked for in its own way", async () => {
  const taken: GatewayRequest[] = [];
  const sms = {
    take: async (request: GatewayRequest) => {
      taken.push(request);
      return thanks;
    },
  };
  const { send } = await startApi({ sms });
  const body = "Body=a+%26%20b&From=%2B49";
  const reply = await send("POST", "/v1.0/sms/inbound?secret=x%20y", body, null, form);
  expect(reply).toMatchObject({ status: 200, body: thanks.body });
  expect(reply.headers["content-type"]).toContain("text/xml");
  expect((await send("GET", "/v1.0/sms/status/abc.0?status=delivered", undefined, null)).status).toBe(200);
  expect(taken).toMatchObject([
    { about: "text", key: undefined, path: "/v1.0/sms/inbound?secret=x%20y", body, headers: form },
    { about: "state", key: "abc.0", path: "/v1.0/sms/status/abc.0?status=delivered", body: "" },
  ]);
});

test("who is not the gateway is refused, and what could not be stored is to come again", async () => {
  const forged = await startApi({ sms: { take: async () => undefined } });
  expect(await forged.send("POST", "/v1.0/sms/inbound", "a=b", null, form)).toMatchObject({
    status: 403,
    body: { error: { status: "PERMISSION_DENIED", reason: "NOT_THE_GATEWAY" } },
  });
  const broken = await startApi({ sms: { take: () => Promise.reject(new StorageError("full", "the disk is full")) } });
  expect((await broken.send("POST", "/v1.0/sms/inbound", "a=b", null, form)).status).toBe(503);
  const huge = "x".repeat(65 * 1024);
  expect((await forged.send("POST", "/v1.0/sms/inbound", huge, null, form)).status).toBe(413);
});

test("without a gateway there is nothing there", async () => {
  const { send } = await startApi();
  const { status, body } = await send("POST", "/v1.0/sms/inbound", "a=b", null, form);
  expect([status, body.error.message]).toEqual([404, expect.stringContaining("docs/messages.md")]);
});
