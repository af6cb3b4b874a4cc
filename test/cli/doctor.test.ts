import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { asteriskFiles, linesFor } from "../../src/cli/doctor/asterisk-lines.ts";
import { checkTools } from "../../src/cli/doctor/machine.ts";
import { checkExposure, checkSecrets } from "../../src/cli/doctor/settings.ts";
import { checkSms } from "../../src/cli/doctor/sms.ts";
import { checkVersion } from "../../src/cli/doctor/version.ts";
import { readConfig } from "../../src/config.ts";
import { asteriskBlocks } from "../support/plain-asterisk.ts";
import { type } from "./terminal.ts";

const secrets = {
  RINGDOWN_ARI_PASSWORD: "one-0123456789abcdef",
  RINGDOWN_ARI_LISTEN_PASSWORD: "two-0123456789abcdef",
  RINGDOWN_API_KEY: "three-0123456789abcdef",
};
const config = (changes: Record<string, string> = {}) => readConfig({ ...secrets, ...changes }, "/nonexistent");
const states = (findings: readonly { readonly state: string }[]) => findings.map(({ state }) => state);

test.each(asteriskFiles)("the page shows for %s what the doctor tells", (file) => {
  const shown = asteriskBlocks().flatMap((block) => (block.file === file ? [block.lines] : []));
  expect(shown).toContain(linesFor(file, config()).join("\n"));
});

test("the page's dialplan is that of the image", () => {
  const image = readFileSync(join(import.meta.dirname, "../../asterisk-config/extensions.conf"), "utf8");
  const ofImage = image.slice(image.indexOf("[inbound]")).replaceAll("${RINGDOWN_ARI_APP}", "ringdown");
  const told = ofImage.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
  expect(linesFor("extensions.conf", config()).filter((line) => line !== "")).toEqual(told);
});

test("the lines follow the settings, and hold no secret", () => {
  const changed = config({
    RINGDOWN_ARI_APP: "mine",
    RINGDOWN_ARI_LISTEN: "10.0.0.2:99",
    RINGDOWN_ARI_URL: "http://10.0.0.1:7",
  });
  const all = asteriskFiles.flatMap((file) => linesFor(file, changed)).join("\n");
  for (const expected of ["Stasis(mine,inbound,", "ws://10.0.0.2:99/ari", "bindaddr = 10.0.0.1", "bindport = 7"]) {
    expect(all).toContain(expected);
  }
  for (const secret of Object.values(secrets)) expect(all).not.toContain(secret);
});

test.each([
  ["22.10.1+dfsg+~cs6.17", "listen", ["fine"]],
  ["23.0.0", "listen", ["fine"]],
  ["20.15.2", "listen", ["fine"]],
  ["22.4.1", "listen", ["fault", "doubt"]],
  ["22.4.1", "dial", ["fine", "doubt"]],
  ["20.6.0~dfsg", "listen", ["fault"]],
  ["20.6.0~dfsg", "dial", ["fine"]],
  ["22.10.1", "dial", ["doubt"]],
  ["22.9.0", "listen", ["fine", "doubt"]],
  ["18.20.0", "listen", ["fault"]],
  ["unknown", "listen", ["fault"]],
] as const)("Asterisk %s with %s: %j", (version, socket, expected) => {
  expect(states(checkVersion(version, socket))).toEqual(expected);
});

test("who has Asterisk dial is told what that may cost, and what the other way does", () => {
  const [version] = checkVersion("22.10.1", "listen");
  expect(version?.finding).toMatch(/killed .* may crash; with RINGDOWN_ARI_SOCKET=dial .* is lost/);
  expect(checkVersion("20.6.0", "dial")[0]?.finding).toBe("Asterisk 20.6.0");
});

test.each([
  ["long and different", {}, ["fine"]],
  ["short", { RINGDOWN_API_KEY: "short-key" }, ["fault"]],
  ["of one letter", { RINGDOWN_API_KEY: "a".repeat(40) }, ["fault"]],
  ["used twice", { RINGDOWN_API_KEY: secrets.RINGDOWN_ARI_PASSWORD }, ["fault", "fault"]],
])("secrets that are %s", (_what, changes, expected) => {
  const findings = checkSecrets(config(changes), "/nonexistent");
  expect(states(findings)).toEqual(expected);
  expect(JSON.stringify(findings)).not.toContain("0123456789abcdef");
});

test("ports that are open to every network are doubted", () => {
  expect(checkExposure(config())).toEqual([]);
  expect(states(checkExposure(config({ RINGDOWN_MEDIA_BIND: "0.0.0.0", RINGDOWN_HTTP_BIND: "10.0.0.1" })))).toEqual([
    "doubt",
    "doubt",
  ]);
});

test.each([
  ["what runs has everything", { programs: ["sox", "flite", "espeak-ng"] }, ["fine"]],
  ["what runs, in a container say, lacks a voice", { programs: ["sox", "flite"] }, ["doubt"]],
  ["nothing runs, and nothing is here", undefined, ["fault", "doubt", "doubt"]],
])("programs are wanted where Ringdown runs: %s", async (_what, serving, expected) => {
  const findings = await checkTools("/nonexistent", serving && { ready: true, faults: [], ...serving });
  expect(states(findings)).toEqual(expected);
});

test("without Asterisk the doctor says so, what to do, and fails", async () => {
  const environment = { ...secrets, PATH: process.env.PATH, RINGDOWN_ARI_URL: "http://127.0.0.1:9" };
  const { code, out } = await type(["doctor"], { environment });
  expect(code).toBe(1);
  expect(out).toMatch(/✗ ARI +no answer at http:\/\/127\.0\.0\.1:9/);
  expect(out).toContain("[general](+)");
});

test("a gateway for SMS is told what it lacks; without one there is nothing to tell", () => {
  const http = { RINGDOWN_SMS_GATEWAY: "http", RINGDOWN_SMS_HTTP_URL: "https://a.test" };
  expect(checkSms(config())).toEqual([]);
  expect(checkSms(config(http)).map(({ remedy }) => remedy.join(" ").split(" ")[1])).toEqual([
    "RINGDOWN_OUTBOUND_ALLOW",
    "RINGDOWN_PUBLIC_URL",
    "RINGDOWN_SMS_HTTP_SECRET,",
  ]);
  const whole = {
    ...http,
    RINGDOWN_OUTBOUND_ALLOW: "+49",
    RINGDOWN_PUBLIC_URL: "https://b.test",
    RINGDOWN_SMS_HTTP_SECRET: "long enough",
  };
  expect(checkSms(config(whole)).map(({ state }) => state)).toEqual(["fine"]);
});
