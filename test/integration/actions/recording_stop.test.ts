import { expect, test } from "vitest";
import { startLab } from "../../support/lab.ts";
import { listenTo, record, recordingOf, recordingsOf, stopRecording } from "../support/recorded.ts";
import { aftermathOf, prompt } from "./support.ts";

const lab = await startLab();
const [FIRST, SECOND, THIRD] = [440, 620, 850];
const answer = { type: "answer" };

test("what comes after the stop is not recorded, and a second recording is another", async () => {
  const call = await lab.call([
    ...[answer, record(), prompt(lab, FIRST), stopRecording, prompt(lab, SECOND)],
    ...[record(), prompt(lab, THIRD), stopRecording],
  ]);
  await call.ended();
  const { id } = await lab.recordOf(call.number);
  await recordingOf(lab, call.number);
  const contents = await Promise.all(
    (await recordingsOf(lab, id)).map(async (one) => {
      expect(one).toMatchObject({ end_reason: "stopped" });
      return (await listenTo(lab, one)).channels;
    }),
  );
  expect(contents.toSorted()).toEqual([[[FIRST]], [[THIRD]]]);
});

test("with nothing to stop, the flow goes on", async () => {
  const call = await lab.call([answer, stopRecording, prompt(lab, FIRST)]);
  await call.heard(FIRST);
  await call.ended();
  expect((await aftermathOf(lab, call.number)).facts("action_failed")).toEqual([]);
});
