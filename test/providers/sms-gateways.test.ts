import { describe, expect, test } from "vitest";
import type { GatewayRequest } from "../../src/ports/sms-gateway.ts";
import { httpGateway } from "../../src/providers/sms/http-gateway.ts";
import { escapeFor, fill } from "../../src/providers/sms/template.ts";
import { twilio } from "../../src/providers/sms/twilio.ts";
import { isSigned, signatureOf } from "../../src/providers/sms/twilio-signature.ts";

const http = { send: () => Promise.reject(new Error("nobody is asked here")) };
const publicUrl = "https://calls.example.test";

describe("Twilio's signature", () => {
  /** The example of Twilio's own documentation. */
  const url = "https://mycompany.com/myapp.php?foo=1&bar=2";
  const parameters = new URLSearchParams({
    Digits: "1234",
    To: "+18005551212",
    From: "+14158675309",
    Caller: "+14158675309",
    CallSid: "CA1234567890ABCDE",
  });
  const signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

  test("is that of the documentation", () => {
    expect(signatureOf(url, parameters, "12345")).toBe(signature);
    expect(isSigned({ url, parameters, signature }, "12345")).toBe(true);
  });

  test("may be made with the port that the scheme has anyway", () => {
    const withPort = signatureOf("https://mycompany.com:443/myapp.php?foo=1&bar=2", parameters, "12345");
    expect(isSigned({ url, parameters, signature: withPort }, "12345")).toBe(true);
  });

  test.each([
    ["another token", { token: "54321" }],
    ["another address", { url: "https://mycompany.com/myapp.php?foo=1&bar=3" }],
    ["a changed parameter", { parameters: new URLSearchParams({ ...Object.fromEntries(parameters), Digits: "1" }) }],
    ["none", { signature: "" }],
    ["half of it", { signature: "RSOYDt4T1cUTdK1PDd93" }],
  ])("is not made by %s", (_what, changed) => {
    const { token, ...given } = { token: "12345", url, parameters, signature, ...changed };
    expect(isSigned(given, token)).toBe(false);
  });
});

describe("what Twilio tells", () => {
  const [accountSid, authToken] = [`AC${"0".repeat(32)}`, "a token"];
  const gateway = twilio({ accountSid, authToken, endpoint: "https://api.twilio.com", publicUrl, http });

  function told(about: GatewayRequest["about"], fields: Readonly<Record<string, string>>, key?: string) {
    const path = `/v1.0/sms/${about}`;
    const parameters = new URLSearchParams({ AccountSid: accountSid, MessageSid: "SM1", ...fields });
    const headers = { "x-twilio-signature": signatureOf(publicUrl + path, parameters, authToken) };
    return gateway.read({ about, key, path, headers, body: String(parameters) });
  }

  test("is a text", () => {
    expect(told("text", { From: "+491", To: "+492", Body: "hi & bye" })).toEqual({
      kind: "text",
      text: { key: "twilio SM1", kind: "tel", from: "+491", to: "+492", fromName: "", text: "hi & bye", hops: 0 },
    });
  });

  test.each([
    ["sent", "sent", null],
    ["delivered", "delivered", null],
    ["undelivered", "failed", "Twilio says undelivered, error 30003"],
    ["failed", "failed", "Twilio says failed, error 30003"],
  ])("is that a text was %s", (MessageStatus, status, error) => {
    expect(told("state", { MessageStatus, ...(error ? { ErrorCode: "30003" } : {}) }, "key.0")).toEqual({
      kind: "state",
      key: "key.0",
      reference: "SM1",
      state: { status, error },
    });
  });

  test("is nothing when we knew it, or it is of no text of ours", () => {
    expect(told("state", { MessageStatus: "queued" }, "key.0")).toEqual({ kind: "nothing" });
    expect(told("state", { MessageStatus: "delivered" })).toEqual({ kind: "nothing" });
  });

  test("is forged when it is of another account, or we don't know where we are", () => {
    expect(told("text", { AccountSid: `AC${"1".repeat(32)}` })).toEqual({ kind: "forged" });
    const nowhere = twilio({ accountSid, authToken, endpoint: "https://a.test", publicUrl: undefined, http });
    expect(nowhere.read({ about: "text", key: undefined, path: "/", headers: {}, body: "" })).toEqual({
      kind: "forged",
    });
  });
});

describe("what a provider tells", () => {
  const gateway = httpGateway({
    url: "https://a.test",
    method: "POST",
    headers: {},
    body: "",
    success: undefined,
    referencePath: undefined,
    textFields: { id: "messageId", from: "msisdn", to: "to", text: "message.words" },
    stateFields: { id: "client.ref", status: "status", error: "err-code" },
    secret: "the secret",
    publicUrl,
    http,
    clock: { now: () => 0 },
  });
  const ask = (about: GatewayRequest["about"], path: string, body = "", headers = {}, key?: string) =>
    gateway.read({ about, key, path, headers, body });
  const json = { "content-type": "application/json" };

  test("is a text, in JSON, with the secret in a header", () => {
    const body = JSON.stringify({ messageId: 7, msisdn: "4930111111", to: "4930222222", message: { words: "hi" } });
    expect(ask("text", "/", body, { ...json, authorization: "Bearer the secret" })).toEqual({
      kind: "text",
      text: {
        key: "sms 4930222222 7",
        kind: "tel",
        from: "+4930111111",
        to: "+4930222222",
        fromName: "",
        text: "hi",
        hops: 0,
      },
    });
  });

  test("is a text, in the address, with the secret there", () => {
    const path = "/?secret=the%20secret&messageId=7&msisdn=short&to=12345&message.words=hi";
    expect(ask("text", path)).toMatchObject({ text: { from: "short", to: "12345", text: "hi" } });
  });

  test.each([
    ["DELIVRD", "delivered"],
    ["delivered", "delivered"],
    ["UNDELIV", "failed"],
    ["rejected", "failed"],
    ["accepted", "sent"],
  ])("is that a text is %s", (status, expected) => {
    const body = JSON.stringify({ client: { ref: "key.1" }, status });
    expect(ask("state", "/?secret=the%20secret", body, json)).toMatchObject({
      key: "key.1",
      state: { status: expected },
    });
    expect(ask("state", "/?secret=the%20secret", body, json, "path.0")).toMatchObject({ key: "path.0" });
  });

  test("is nothing without a known word, and forged without the secret", () => {
    expect(ask("state", "/?secret=the%20secret", '{"status": "flying"}', json, "key.0")).toEqual({ kind: "nothing" });
    expect(ask("text", "/?secret=the%20secret", "{", json)).toEqual({ kind: "nothing" });
    expect(ask("text", "/?secret=guessed")).toEqual({ kind: "forged" });
    expect(ask("text", "/")).toEqual({ kind: "forged" });
  });
});

test.each([
  ["application/json", '"{text}"', String.raw`"a \"b\" &\n<c>"`],
  ["application/x-www-form-urlencoded", "text={text}", "text=a%20%22b%22%20%26%0A%3Cc%3E"],
  ["text/xml", "<t>{text}</t>", "<t>a &quot;b&quot; &amp;\n&lt;c&gt;</t>"],
  ["text/plain", "{text} {unknown}", 'a "b" &\n<c> {unknown}'],
])("values in %s can't leave their place", (type, template, filled) => {
  const values = { text: 'a "b" &\n<c>', to: "", from: "", id: "", status_url: "" };
  expect(fill(template, values, escapeFor(type))).toBe(filled);
});
