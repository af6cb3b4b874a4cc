import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError, readConfig } from "../src/config.ts";

const secrets = {
  RINGDOWN_ARI_PASSWORD: "long enough",
  RINGDOWN_ARI_LISTEN_PASSWORD: "long enough",
  RINGDOWN_API_KEY: "long enough",
};
const read = (environment: NodeJS.ProcessEnv, envFile = "/nonexistent") => readConfig(environment, envFile);

function faultsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test("secrets are all that must be given", () => {
  expect(read(secrets)).toMatchObject({
    RINGDOWN_HTTP_PORT: 8080,
    RINGDOWN_ARI_LISTEN: { host: "127.0.0.1", port: 8082 },
    RINGDOWN_TTS_PROVIDERS: ["gcp", "aws", "local"],
    RINGDOWN_OUTBOUND_ALLOW: [],
  });
});

test("every fault is told at once", () => {
  expect(faultsOf({ RINGDOWN_HTTP_PORT: "99999", RINGDOWN_ARI_LISTEN: "nowhere", RINGDOWN_API_KEY: "short" })).toEqual([
    expect.stringContaining("RINGDOWN_HTTP_PORT: "),
    "RINGDOWN_ARI_PASSWORD is missing",
    "RINGDOWN_ARI_LISTEN: HOST:PORT",
    "RINGDOWN_API_KEY: at least 8 characters",
  ]);
});

test("prefixes that may be dialled are those of numbers in E.164", () => {
  expect(read({ ...secrets, RINGDOWN_OUTBOUND_ALLOW: "+49, +43," }).RINGDOWN_OUTBOUND_ALLOW).toEqual(["+49", "+43"]);
  expect(read({ ...secrets, RINGDOWN_OUTBOUND_ALLOW: "+" }).RINGDOWN_OUTBOUND_ALLOW).toEqual(["+"]);
  expect(faultsOf({ ...secrets, RINGDOWN_OUTBOUND_ALLOW: "+49,0049,*" })).toEqual([
    expect.stringContaining("RINGDOWN_OUTBOUND_ALLOW: the beginning of a number in E.164"),
    expect.stringContaining("RINGDOWN_OUTBOUND_ALLOW: the beginning of a number in E.164"),
  ]);
});

test("a gateway for SMS comes with what it needs, and its settings are told apart from mistakes", () => {
  expect(faultsOf({ ...secrets, RINGDOWN_SMS_GATEWAY: "twilio", RINGDOWN_TWILIO_AUTH_TOKEN: "long enough" })).toEqual([
    "RINGDOWN_TWILIO_ACCOUNT_SID is missing: RINGDOWN_SMS_GATEWAY=twilio needs it",
  ]);
  expect(
    faultsOf({
      ...secrets,
      RINGDOWN_SMS_HTTP_HEADERS: "x-key: 1",
      RINGDOWN_SMS_HTTP_STATUS: "state=status",
      RINGDOWN_SMS_HTTP_INBOUND: "from",
    }),
  ).toEqual([
    'RINGDOWN_SMS_HTTP_HEADERS: JSON, such as {"authorization": "Bearer …"}',
    "RINGDOWN_SMS_HTTP_INBOUND: NAME=FIELD, with names out of id, from, to, text",
    "RINGDOWN_SMS_HTTP_STATUS: NAME=FIELD, with names out of id, status, error",
  ]);
  const settings = read({
    ...secrets,
    RINGDOWN_SMS_GATEWAY: "http",
    RINGDOWN_SMS_HTTP_URL: "https://a.test/?to={to}",
    RINGDOWN_SMS_HTTP_INBOUND: "from=msisdn, id=a.0.b",
    RINGDOWN_PUBLIC_URL: "https://calls.example.com/",
  });
  expect(settings).toMatchObject({
    RINGDOWN_SMS_HTTP_INBOUND: { id: "a.0.b", from: "msisdn", to: "to", text: "text" },
    RINGDOWN_SMS_HTTP_HEADERS: {},
    RINGDOWN_PUBLIC_URL: "https://calls.example.com",
  });
});

test("an unknown name is refused, with the nearest known one", () => {
  expect(faultsOf({ ...secrets, RINGDOWN_HTTP_PRT: "80" })).toEqual([
    "RINGDOWN_HTTP_PRT is not a setting of Ringdown; did you mean RINGDOWN_HTTP_PORT?",
  ]);
});

test("an empty value means that it is not set", () => {
  expect(read({ ...secrets, RINGDOWN_HTTP_PORT: "" }).RINGDOWN_HTTP_PORT).toBe(8080);
});

test("a bad secret is not shown", () => {
  expect(faultsOf({ ...secrets, RINGDOWN_API_KEY: "hunter2" }).join()).not.toContain("hunter2");
});

test("Asterisk needs a password to dial us, but none when we dial", () => {
  const { RINGDOWN_ARI_LISTEN_PASSWORD: _, ...rest } = secrets;
  expect(faultsOf(rest)).toEqual(["RINGDOWN_ARI_LISTEN_PASSWORD is missing: Asterisk dials us with it"]);
  expect(faultsOf({ ...rest, RINGDOWN_ARI_SOCKET: "dial" })).toEqual([]);
});

test("a file .env is read, and the environment wins over it", () => {
  const file = join(mkdtempSync(join(tmpdir(), "config-")), ".env");
  writeFileSync(file, "RINGDOWN_HTTP_PORT=1111\nRINGDOWN_MEDIA_PORT=2222\nHOME=/elsewhere\n");
  expect(read({ ...secrets, RINGDOWN_HTTP_PORT: "3333" }, file)).toMatchObject({
    RINGDOWN_HTTP_PORT: 3333,
    RINGDOWN_MEDIA_PORT: 2222,
  });
});
