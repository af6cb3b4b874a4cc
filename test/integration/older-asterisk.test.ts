/** What docs/your-own-asterisk.md says of an Asterisk that can't dial Ringdown, on one that was not told to. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { nextAddress, SERVER_ADDRESS } from "../support/loopback.ts";
import { startPhone } from "../support/phone.ts";
import { asteriskBlocks, type PlainAsterisk, plainAsterisk } from "../support/plain-asterisk.ts";
import { tail } from "../support/process.ts";
import { startRingdown } from "../support/ringdown.ts";

const shell = commandLine({ RINGDOWN_ARI_SOCKET: "dial" });
let asterisk: PlainAsterisk;

beforeAll(async () => {
  await shell.makeSecrets();
  asterisk = plainAsterisk();
  for (const { file, lines } of asteriskBlocks()) {
    if (file !== "websocket_client.conf") asterisk.add(file, shell.filled(withoutDialling(lines)));
  }
  await asterisk.start();
});
afterEach(({ task }) => {
  if (task.result?.state === "fail") process.stderr.write(tail(asterisk.output));
});
afterAll(async () => {
  await asterisk[Symbol.asyncDispose]();
  shell.remove();
});

const withoutDialling = (lines: string): string => lines.replace(/^\[ringdown-outbound\]\n(?:.+\n?)*/m, "");

test("the doctor finds no fault, and doubts only that it is not needed here", async () => {
  expect((await shell.complaints()).map(({ check, state }) => [check, state])).toEqual([["version", "doubt"]]);
});

test("asked to listen, the doctor names the lines that are missing", async () => {
  const faults = await shell.faults({ RINGDOWN_ARI_SOCKET: "listen" });
  expect(faults.map(({ check }) => check)).toEqual(["events"]);
  expect(faults[0]?.remedy.join("\n")).toContain("[ringdown-outbound]");
});

test("a phone dials 1000 and hears the menu", async () => {
  await using _ringdown = await startRingdown({ asterisk: { address: SERVER_ADDRESS, environment: shell.settings() } });
  const credentials = { user: "1001", password: shell.settings().RINGDOWN_SIP_1001_PASSWORD ?? "" };
  await using phone = await startPhone({
    address: nextAddress(),
    server: { address: SERVER_ADDRESS, port: 5060 },
    credentials,
  });
  await eventually("the account", async () => (await phone.register()) === 200);
  const call = await phone.dial("1000");
  await call.answered();
  await eventually("speech", () => call.blocks().some(({ heard }) => heard === "other"));
  await call.press("9");
  expect(await call.ended()).toMatchObject({ by: "them" });
});
