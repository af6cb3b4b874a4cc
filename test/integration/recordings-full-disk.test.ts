import { mkdir, rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { startLab } from "../support/lab.ts";
import { stored } from "./actions/support.ts";
import { fillDisk } from "./support/full-disk.ts";
import { listenTo, record, recordingOf, words } from "./support/recorded.ts";

/** Where recordings are kept: a file system of a few MiB, made by docker-compose.test.yml. */
const DISK = "/small-disk/recordings";
const FILLER = `${DISK}/filler`;
await mkdir(DISK, { recursive: true });
const lab = await startLab({ environment: { RINGDOWN_DATA_DIR: DISK } });

test("while the disk for recordings is full they wait in Asterisk, and are whole when there is room", async () => {
  const call = await lab.call([{ type: "answer" }, record(), { type: "sleep", option: { duration: 60_000 } }]);
  await stored(lab, call.number, "recording_started");
  await fillDisk(FILLER);
  await call.say(words(440));
  await call.hangup();
  await recordingOf(lab, call.number, {
    status: "stopping",
    fault: expect.stringMatching(/ENOSPC; make room|no room/),
  });
  expect(await lab.asterisk.leftovers()).toEqual([expect.stringContaining("spool/recording")]);
  await rm(FILLER);
  const recording = await recordingOf(lab, call.number, { status: "ended", fault: null });
  expect((await listenTo(lab, recording)).channels).toEqual([[440]]);
});
