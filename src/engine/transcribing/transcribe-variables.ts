import type { Transcribe } from "../../model/transcribe.ts";
import type { TranscriptStore } from "../../ports/transcribe-stores.ts";
import { TRANSCRIBED } from "../system-variables.ts";

const name = (field: string) => `voipbin.transcribe.${field}`;

/** What a run is told of a transcription that is over. */
export async function transcribeVariables(
  { id, customer_id, reference_type, reference_id, language, direction }: Transcribe,
  transcripts: Pick<TranscriptStore, "list">,
): Promise<readonly (readonly [string, string])[]> {
  const { result } = await transcripts.list(customer_id, { pageSize: 1 }, { transcribe_id: id });
  return [
    [name("id"), id],
    [name("reference_type"), reference_type],
    [name("reference_id"), reference_id],
    [name("language"), language],
    [name("direction"), direction],
    [TRANSCRIBED, result[0]?.message ?? ""],
  ];
}
