/** Conferences and confbridges as the API shows them: with who is in them now, and what is recorded and transcribed of them. */
import { z } from "zod";
import type { Confbridge } from "../model/confbridge.ts";
import { confbridgeSchema } from "../model/confbridge.ts";
import { type Conference, conferenceSchema } from "../model/conference.ts";
import type { Conferencecall } from "../model/conferencecall.ts";
import type { Recording } from "../model/recording.ts";
import type { Transcribe } from "../model/transcribe.ts";
import type { Storage } from "../ports/storage.ts";

const visitFields = {
  conferencecall_ids: z.array(z.uuid()).describe("Who is in it now, in the order in which they came."),
  recording_id: z.uuid().nullable().describe("What is recorded of it now."),
  recording_ids: z.array(z.uuid()).describe("All that was and is recorded of it."),
  transcribe_id: z.uuid().nullable().describe("What transcribes it now; the first if there are several languages."),
  transcribe_ids: z.array(z.uuid()).describe("All that transcribed and transcribes it."),
};
export const shownConferenceSchema = conferenceSchema.extend(visitFields).meta({ id: "Conference" });
export const shownConfbridgeSchema = confbridgeSchema
  .extend({
    ...visitFields,
    channel_call_ids: z.record(z.string(), z.uuid()).describe("The calls in it now, by their channels in Asterisk."),
  })
  .meta({ id: "Confbridge" });

type Stores = Pick<Storage, "conferencecalls" | "recordings" | "transcribes" | "calls">;
type Shown<T> = T & z.infer<z.ZodObject<typeof visitFields>>;

export async function showConferences(stores: Stores, all: readonly Conference[]): Promise<Shown<Conference>[]> {
  const life = await lifeIn(
    stores,
    all.map(({ confbridge_id }) => confbridge_id),
  );
  return all.map((conference) => ({ ...conference, ...life(conference.confbridge_id).fields }));
}

export async function showConfbridges<T extends Confbridge>(
  stores: Stores,
  all: readonly T[],
): Promise<(Shown<T> & Pick<z.infer<typeof shownConfbridgeSchema>, "channel_call_ids">)[]> {
  const life = await lifeIn(
    stores,
    all.map(({ id }) => id),
  );
  const shown = all.map(async (confbridge) => {
    const { present, fields } = life(confbridge.id);
    const joined = present.filter(({ status }) => status === "joined");
    const calls = await Promise.all(joined.map(({ reference_id }) => stores.calls.get(reference_id)));
    const channels = calls.flatMap((call) => (call ? [[call.channel_id, call.id]] : []));
    return { ...confbridge, ...fields, channel_call_ids: Object.fromEntries(channels) };
  });
  return Promise.all(shown);
}

/** Who is in these confbridges, and what listens to them. */
async function lifeIn({ conferencecalls, recordings, transcribes }: Stores, ids: readonly string[]) {
  const [visits, recorded, transcribed] =
    ids.length === 0
      ? [[], [], []]
      : await Promise.all([conferencecalls.present(), recordings.of(...ids), transcribes.of(...ids)]);
  const visitsOf = Map.groupBy(visits, ({ confbridge_id }) => confbridge_id);
  const recordingsOf = Map.groupBy(recorded, ({ reference_id }) => reference_id);
  const transcribesOf = Map.groupBy(transcribed, ({ reference_id }) => reference_id);
  return (confbridgeId: string) => {
    const present: readonly Conferencecall[] = visitsOf.get(confbridgeId) ?? [];
    const recordedHere = recordingsOf.get(confbridgeId) ?? [];
    const transcribedHere = transcribesOf.get(confbridgeId) ?? [];
    const fields = {
      conferencecall_ids: present.map(({ id }) => id),
      recording_id: recordedHere.find(isRecording)?.id ?? null,
      recording_ids: recordedHere.map(({ id }) => id),
      transcribe_id: transcribedHere.find(isTranscribing)?.id ?? null,
      transcribe_ids: transcribedHere.map(({ id }) => id),
    };
    return { present, fields };
  };
}

const isRecording = ({ status }: Recording): boolean => status === "initiating" || status === "recording";
const isTranscribing = ({ status }: Transcribe): boolean => status === "progressing";
