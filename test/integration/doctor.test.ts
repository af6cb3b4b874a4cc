/** The doctor beside the Asterisk of our own image. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Asterisk, startAsterisk } from "../support/asterisk.ts";
import { commandLine } from "../support/command-line.ts";
import { expectNothingLeft } from "../support/lab.ts";

const shell = commandLine();
let asterisk: Asterisk;

beforeAll(async () => {
  asterisk = await startAsterisk();
  await shell.makeSecrets();
  shell.use(asterisk.environment);
});
afterAll(async () => {
  await asterisk[Symbol.asyncDispose]();
  shell.remove();
});

test("the image's Asterisk has all that the doctor asks for, and nothing is left of the asking", async () => {
  expect(await shell.complaints()).toEqual([]);
  await expectNothingLeft(asterisk);
  expect(await asterisk.ari("GET", "/applications")).not.toContainEqual(
    expect.objectContaining({ name: expect.stringContaining("doctor") }),
  );
});

test("a dialplan that leads elsewhere is found, with where it leads", async () => {
  await asterisk.cli("dialplan remove context inbound");
  await asterisk.addExtension("ringdown-doctor", ["Answer", "Wait(60)"]);
  const [complaint] = await shell.faults();
  expect(complaint).toMatchObject({ check: "dialplan", finding: "context inbound leads to Answer()" });
  await expectNothingLeft(asterisk);
});

test("texts that can't come in are a doubt, with the lines that let them in", async () => {
  await asterisk.cli("dialplan remove context ringdown-texts");
  const complaint = (await shell.complaints()).find(({ check }) => check === "texts");
  expect(complaint).toMatchObject({ finding: "can't come in by SIP: there is no context ringdown-texts" });
  await expectNothingLeft(asterisk);
});
