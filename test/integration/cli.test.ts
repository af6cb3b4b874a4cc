/** A stranger's Asterisk, docs/your-own-asterisk.md followed line by line, and the command line on top of it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { commandLine, type Ended } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { nextAddress, SERVER_ADDRESS } from "../support/loopback.ts";
import { type Phone, type RingingCall, startPhone } from "../support/phone.ts";
import { asteriskBlocks, flowOfPage, type PlainAsterisk, plainAsterisk } from "../support/plain-asterisk.ts";
import { tail } from "../support/process.ts";
import { type Ringdown, startRingdown } from "../support/ringdown.ts";

const shell = commandLine();
let asterisk: PlainAsterisk;
let ringdown: Ringdown | undefined;
let phone: Phone | undefined;

beforeAll(async () => {
  asterisk = plainAsterisk();
  await asterisk.start();
});
afterEach(({ task }) => {
  if (task.result?.state !== "fail") return;
  process.stderr.write((ringdown ? tail(ringdown.output) : "") + tail(asterisk.output));
});
afterAll(async () => {
  await phone?.close();
  await ringdown?.[Symbol.asyncDispose]();
  await asterisk[Symbol.asyncDispose]();
  shell.remove();
});

/** Adds what the page says to those of Asterisk's files that are wanted. */
const followPage = async (wanted: (file: string) => boolean): Promise<void> => {
  await asterisk.stop();
  for (const { file, lines } of asteriskBlocks()) if (wanted(file)) asterisk.add(file, shell.filled(lines));
  await asterisk.start();
};

test("without settings the doctor says which, and how to make them", async () => {
  const faults = await shell.faults();
  expect(faults.map(({ finding }) => finding)).toEqual([
    "RINGDOWN_ARI_PASSWORD is missing",
    "RINGDOWN_API_KEY is missing",
  ]);
  expect(faults[0]?.remedy[0]).toContain("openssl rand");
});

test("with the page's settings and Asterisk as it comes, the doctor names ARI and the lines to add", async () => {
  await shell.makeSecrets();
  const faults = await shell.faults();
  expect(faults.map(({ check }) => check)).toEqual(["ARI"]);
  expect(faults[0]?.remedy.join("\n")).toMatch(/http\.conf[\s\S]*enabled = yes/);
});

test("with the page's lines for the web server only, the doctor names what comes next", async () => {
  await followPage((file) => file === "http.conf");
  const faults = await shell.faults();
  expect(faults.map(({ check }) => check)).toEqual(["ARI"]);
  expect(faults[0]?.remedy.join("\n")).toContain("[ringdown]");
});

test("with a user for ARI as well, the doctor names everything that is left", async () => {
  await followPage((file) => file === "ari.conf");
  const complaints = await shell.complaints();
  expect(complaints.map(({ check, state }) => [check, state])).toEqual([
    ["events", "fault"],
    ["dialplan", "fault"],
    ["texts", "doubt"],
    ["accounts", "doubt"],
    ["trunks", "doubt"],
    ["SIP phones", "doubt"],
    ["outgoing calls", "doubt"],
  ]);
});

test("with all lines of the page, the doctor has nothing to say", async () => {
  await followPage((file) => file !== "http.conf" && file !== "ari.conf");
  expect(await shell.complaints()).toEqual([]);
});

test.each([
  ["another password for ARI", { RINGDOWN_ARI_PASSWORD: "another-0123456789" }, "ARI", "ari.conf"],
  [
    "another password to dial with",
    { RINGDOWN_ARI_LISTEN_PASSWORD: "another-0123456789" },
    "events",
    "websocket_client",
  ],
  ["another place to dial", { RINGDOWN_ARI_LISTEN: `${SERVER_ADDRESS}:8099` }, "events", "websocket_client.conf"],
  ["audio where nobody serves it", { RINGDOWN_MEDIA_URL: `http://${SERVER_ADDRESS}:9` }, "media path", "MEDIA_URL"],
  ["a secret that can be guessed", { RINGDOWN_API_KEY: "aaaaaaaaaaaaaaaaaaaaaaaa" }, "secrets", "openssl"],
])("the doctor finds %s", async (_what, changes, check, remedy) => {
  const faults = await shell.faults(changes);
  expect(faults.map((fault) => fault.check)).toEqual([check]);
  expect(faults[0]?.remedy.join("\n")).toContain(remedy);
});

test("beside a Ringdown that serves from a folder of its own, the doctor sees the dialplan lead to it and its audio played", async () => {
  ringdown = await startRingdown({ asterisk: { address: SERVER_ADDRESS, environment: shell.settings() } });
  expect(await shell.complaints()).toEqual([]);
  const { stdout } = await shell.run(["doctor"]);
  expect(stdout).toContain("context inbound leads to Ringdown");
  expect(stdout).toContain("running, and connected");
  // The call that the doctor tried was nobody's.
  expect((await shell.run(["calls"])).stdout).toBe("no calls yet\n");
});

test("the page's phone registers, dials 1000 and hears the menu; the command line tells of the call", async () => {
  const credentials = { user: "1001", password: shell.settings().RINGDOWN_SIP_1001_PASSWORD ?? "" };
  phone = await startPhone({ address: nextAddress(), server: { address: SERVER_ADDRESS, port: 5060 }, credentials });
  await eventually("the account", async () => (await phone?.register()) === 200);
  const call = await phone.dial("1000");
  await call.answered();
  await eventually("speech", () => call.blocks().some(({ heard }) => heard === "other"));
  await call.press("9");
  expect(await call.ended()).toMatchObject({ by: "them" });
  const calls = z.array(z.looseObject({ id: z.string() }));
  const [listed] = calls.parse(JSON.parse((await shell.run(["calls", "--json"])).stdout));
  expect((await shell.run(["calls"])).stdout).toContain(listed?.id);
  const { stdout } = await shell.run(["call-log", listed?.id ?? ""]);
  expect(stdout).toMatch(/digit received +digit: 9/);
  expect(stdout).toMatch(/action started +talk menu/);
});

/** The next call to the phone, unless the command that should make it has ended. */
const ringingOf = async (running: Promise<Ended>): Promise<RingingCall> => {
  const failed = running.then(({ stdout, stderr }) => Promise.reject(new Error(`no call: ${stdout}${stderr}`)));
  const call = await Promise.race([phone?.rings(), failed]);
  if (!call) throw new Error("no phone");
  return call;
};

test("flow run calls the page's phone, plays the page's flow and follows it", async () => {
  writeFileSync(join(shell.folder, "hello.json"), flowOfPage());
  const running = shell.run(["flow", "run", "hello.json", "--to", "1001"]);
  const call = await ringingOf(running);
  await call.answer();
  await eventually("speech", () => call.blocks().some(({ heard }) => heard === "other"));
  await call.press("2");
  await call.ended();
  const { code, stdout } = await running;
  expect(stdout).toMatch(/digit received +digit: 2/);
  expect(stdout).toContain("The call is over: normal");
  expect(code).toBe(0);
});

test("flow run says so when nobody answers, and fails", async () => {
  const running = shell.run(["flow", "run", "hello.json", "--to", "1001"]);
  await (await ringingOf(running)).refuse(486);
  const { code, stdout } = await running;
  expect(stdout).toContain("Nobody answered: busy");
  expect(code).toBe(1);
});

test("a command that Ringdown refuses ends with 1 and the reason", async () => {
  const { code, stderr } = await shell.run(["call-log", "00000000-0000-4000-8000-000000000000"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^ringdown: [A-Z_]+: /);
  expect((await shell.run(["calls", "--key", "wrong"])).stderr).toContain("KEY_UNKNOWN");
});

test("a key made on the command line opens the API until it is revoked", async () => {
  const made = z
    .object({ id: z.string(), key: z.string() })
    .parse(JSON.parse((await shell.run(["key", "create", "laptop", "--json"])).stdout));
  expect((await shell.run(["calls", "--key", made.key])).code).toBe(0);
  expect((await shell.run(["key", "list"])).stdout).toContain("laptop");
  expect((await shell.run(["key", "revoke", made.id])).code).toBe(0);
  expect((await shell.run(["calls", "--key", made.key])).code).toBe(1);
});
