import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Recording } from "../../src/model/recording.ts";
import type { TimelineType } from "../../src/model/timeline.ts";
import { opener } from "./storage-opened.ts";
import { at, sampleCall, sampleFact, sampleRecording } from "./storage-samples.ts";
import type { StorageHarness } from "./storage-suite.ts";

/** Recordings, and what has to be done about them. */
export function recordingTests(harness: StorageHarness): void {
  describe("recordings", () => {
    const { open } = opener(harness);

    test("a recording is kept with what a timeline tells of it, and changed the same way", async () => {
      const { recordings, calls, timeline } = await open();
      const call = sampleCall();
      await calls.create(call, []);
      const fact = (type: TimelineType) => ({ ...sampleFact({ call_id: call.id }), type });
      const recording = sampleRecording({ customer_id: call.customer_id, reference_id: call.id });
      await recordings.create(recording, [fact("recording_started")]);
      await recordings.save(recording.id, { paused: true }, [fact("recording_paused")]);
      expect(await recordings.get(recording.id)).toEqual({ ...recording, paused: true });
      expect(await recordings.get(recording.id, randomUUID())).toBeUndefined();
      expect((await recordings.list(call.customer_id, { pageSize: 5 })).result).toHaveLength(1);
      expect((await timeline.ofCall(call.id)).map(({ type }) => type)).toEqual([
        "recording_started",
        "recording_paused",
      ]);
      await recordings.remove(recording.id);
      await recordings.save(recording.id, { paused: false }, [fact("recording_resumed")]);
      expect(await recordings.get(recording.id)).toBeUndefined();
      expect(await timeline.ofCall(call.id)).toHaveLength(2);
    });

    test("those that run, that are unfinished, of one call, and that are old are found", async () => {
      const { recordings } = await open();
      const reference_id = randomUUID();
      const all = [
        sampleRecording({ status: "initiating", reference_id }),
        sampleRecording({ status: "recording", tm_create: at(1) }),
        sampleRecording({ status: "stopping", work: "fetch", tm_create: at(2), reference_id }),
        sampleRecording({ status: "ended", work: "remove", tm_create: at(3) }),
        sampleRecording({ status: "ended", tm_create: at(4) }),
        sampleRecording({ status: "ended", work: "follow", tm_create: at(5) }),
      ];
      for (const recording of all) await recordings.create(recording, []);
      const [first, second, third, fourth, fifth, sixth] = all;
      expect(await recordings.live()).toEqual([first, second]);
      expect(await recordings.unfinished()).toEqual([third, fourth, sixth]);
      expect(await recordings.of(reference_id)).toEqual([first, third]);
      expect(await recordings.createdBefore(at(9), 9)).toEqual([fourth, fifth, sixth]);
      expect(await recordings.createdBefore(at(9), 1)).toEqual([fourth]);
      expect(await recordings.createdBefore(at(4), 9)).toEqual([fourth]);
      await recordings.save(third?.id ?? "", { status: "ended", work: null }, []);
      expect(await recordings.unfinished()).toEqual([fourth, sixth]);
    });

    test("one that was stored when nothing could follow it is read", async () => {
      const { recordings } = await open();
      const { on_end_flow_id: _flow, on_end_activeflow_id: _run, ...old } = sampleRecording();
      await recordings.create(old as Recording, []);
      expect(await recordings.get(old.id)).toEqual({ ...old, on_end_flow_id: null, on_end_activeflow_id: null });
    });
  });
}
