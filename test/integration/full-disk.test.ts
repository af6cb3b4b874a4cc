import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { promptsHeard } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { type FlowAction, startLab } from "../support/lab.ts";
import { digitsOf, endedRecord, factsOf, runOf, tonePrompt } from "../support/records.ts";
import { fillDisk } from "./support/full-disk.ts";

/** A file system of a few MiB, made for this file alone by docker-compose.test.yml. */
const DISK = "/small-disk";
const FILLER = `${DISK}/filler`;
const [FIRST, SECOND] = [440, 620];
if (!existsSync(DISK)) throw new Error(`${DISK} is missing: run this with npm run test:integration`);
const lab = await startLab({ environment: { RINGDOWN_DATABASE_URL: `sqlite:${DISK}/ringdown.db` } });

const readiness = async () => {
  const response = await fetch(`${lab.api.base}/readyz`);
  return { status: response.status, text: await response.text() };
};
const key: FlowAction = { type: "digits_receive", option: { duration: 30_000 } };
const flow: readonly FlowAction[] = [
  { type: "answer" },
  key,
  tonePrompt(lab, FIRST),
  { type: "branch", option: { target_ids: { "1": "right" } } },
  { type: "stop" },
  { id: "right", ...tonePrompt(lab, SECOND) },
];

test("on a full disk calls go on and new ones are served; when there is room, all of it is on record", async () => {
  const [running, later] = [await lab.call(flow), await lab.route(flow)];
  await running.answered();
  await fillDisk(FILLER);
  await eventually("the fault", async () => (await readiness()).status === 503);
  expect((await readiness()).text).toContain('"storage"');

  const arriving = await lab.dial(later);
  await arriving.answered();
  await Promise.all([running.press("1"), arriving.press("1")]);
  await Promise.all([running.ended(), arriving.ended()]);
  expect([running, arriving].map(promptsHeard)).toEqual([
    [FIRST, SECOND],
    [FIRST, SECOND],
  ]);
  expect((await fetch(`${lab.api.base}/healthz`)).status).toBe(200);
  expect(await lab.api.request("POST", "/flows", { actions: [{ type: "answer" }] })).toMatchObject({
    status: 503,
    body: { error: { status: "UNAVAILABLE" } },
  });

  await rm(FILLER);
  await eventually("recovery", async () => (await readiness()).status === 200);
  for (const number of [running.number, later]) {
    expect(await endedRecord(lab, number)).toMatchObject({ hangup_by: "local", hangup_reason: "normal" });
    expect(await runOf(lab, number)).toMatchObject({ status: "ended", ended_reason: "finished" });
    const timeline = await lab.timelineOf(number);
    expect(digitsOf(timeline)).toBe("1");
    expect(factsOf(timeline, "action_started").map(({ action }) => action)).toEqual([
      "answer",
      "digits_receive",
      "play",
      "branch",
      "play",
    ]);
  }
  const next = await lab.call([{ type: "answer" }, tonePrompt(lab, SECOND)]);
  await next.ended();
  expect(promptsHeard(next)).toEqual([SECOND]);
});
