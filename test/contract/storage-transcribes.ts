import { describe, expect, test } from "vitest";
import { aTranscribe, aTranscript } from "../http/support/transcribe.ts";
import { opener } from "./storage-opened.ts";
import { at, sampleFact } from "./storage-samples.ts";
import type { StorageHarness } from "./storage-suite.ts";

export function transcribeTests(harness: StorageHarness): void {
  describe("transcriptions", () => {
    const { open } = opener(harness);

    test("a transcription is live until it is over, and its facts are on the timeline", async () => {
      const { transcribes, timeline } = await open();
      const [first, second] = [aTranscribe({ tm_create: at(1) }), aTranscribe({ tm_create: at(2) })];
      const about = { call_id: first.reference_id };
      await transcribes.create(second, []);
      await transcribes.create(first, [sampleFact(about, {})]);
      expect(await transcribes.live()).toEqual([first, second]);
      expect(await transcribes.of(second.reference_id, second.id)).toEqual([second]);
      const over = { status: "done", end_reason: "hangup", tm_end: at(9) } as const;
      await transcribes.save(first.id, over, [sampleFact(about, {})]);
      expect(await transcribes.get(first.id, first.customer_id)).toEqual({ ...first, ...over });
      expect(await transcribes.live()).toEqual([second]);
      expect(await timeline.ofCall(first.reference_id)).toHaveLength(2);
    });

    test("one that has been removed is not brought back, but what happened is told", async () => {
      const { transcribes, timeline } = await open();
      const { id, reference_id } = aTranscribe();
      await transcribes.save(id, { status: "done" }, [sampleFact({ call_id: reference_id }, {})]);
      expect(await transcribes.get(id)).toBeUndefined();
      expect(await timeline.ofCall(reference_id)).toHaveLength(1);
    });

    test("transcripts are listed by their transcription, and go with it", async () => {
      const { transcribes, transcripts } = await open();
      const [one, other] = [aTranscribe(), aTranscribe()];
      await Promise.all([transcribes.create(one, []), transcribes.create(other, [])]);
      const said = [1, 2].map((ms) => aTranscript({ transcribe_id: one.id, tm_create: at(ms) }));
      const elsewhere = aTranscript({ transcribe_id: other.id });
      for (const transcript of [...said, elsewhere]) await transcripts.create(transcript, []);
      const listed = (transcribe_id: string) =>
        transcripts.list(one.customer_id, { pageSize: 10 }, { transcribe_id }).then(({ result }) => result);
      expect(await listed(one.id)).toEqual(said.toReversed());
      expect(await transcribes.remove(one.id, aTranscribe({ customer_id: elsewhere.id }).customer_id)).toBe(false);
      expect(await transcribes.remove(one.id, one.customer_id)).toBe(true);
      expect(await listed(one.id)).toEqual([]);
      expect(await listed(other.id)).toEqual([elsewhere]);
    });
  });
}
