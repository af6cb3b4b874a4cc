import { expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import { endedRecord, runOf, tonePrompt } from "../support/records.ts";

/** Long enough to be heard, short enough to wait for. */
const LIMIT_SECONDS = 4;
const lab = await startLab({ environment: { RINGDOWN_MAX_CALL_SECONDS: String(LIMIT_SECONDS) } });

test("a call that lasts too long is hung up in the middle of a prompt, and its run says why", async () => {
  const call = await lab.call([{ type: "answer" }, tonePrompt(lab, 440, 20_000), { type: "beep" }]);
  await call.answered();
  await eventually("the prompt", () => call.lastSoundMs() > 0);
  expect(await call.ended()).toMatchObject({ by: "them" });
  expect(await endedRecord(lab, call.number)).toMatchObject({ hangup_by: "local", hangup_reason: "timeout" });
  await eventually("the end of the run", async () => (await runOf(lab, call.number)).ended_reason === "duration_limit");
});
