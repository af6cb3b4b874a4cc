import type { Created, Item } from "./api.ts";
import { eventually } from "./eventually.ts";
import type { FlowAction, Lab } from "./lab.ts";

/** Plays one tone. */
export const tonePrompt = (lab: Lab, frequency: number, durationMs?: number): FlowAction => ({
  type: "play",
  option: { stream_urls: [lab.audio.tone(frequency, durationMs)] },
});

/** Ringdown's record of the call to a number, once it says that the call is over. */
export const endedRecord = (lab: Lab, number: string): Promise<Created> =>
  eventually(`the end of the call to ${number} on record`, async () => {
    const record = await lab.recordOf(number);
    if (record.status !== "hangup") throw new Error(JSON.stringify(record));
    return record;
  });

/** The run of the call to a number, as Ringdown shows it. */
export const runOf = async (lab: Lab, number: string): Promise<Item> => {
  const { activeflow_id } = await lab.recordOf(number);
  const run = (await lab.api.list("/activeflows")).find(({ id }) => id === activeflow_id);
  if (!run) throw new Error(`no run of the call to ${number}`);
  return run;
};

/** Waits until the call to a number has begun an action of this type. */
export const begun = (lab: Lab, number: string, type: string): Promise<Item> =>
  eventually(`the beginning of ${type} on the timeline`, async () =>
    (await lab.timelineOf(number)).find((entry) => entry.type === "action_started" && dataOf(entry).action === type),
  );

/** What a timeline says, without the times. */
export const typesOf = (timeline: readonly Item[]): readonly unknown[] => timeline.map(({ type }) => type);

/** The facts of one type, oldest first. */
export const factsOf = (timeline: readonly Item[], type: string): readonly Item[] =>
  timeline.filter((entry) => entry.type === type).map(dataOf);

const dataOf = ({ data }: Item): Item => Object.fromEntries(Object.entries(data ?? {}));

/** The digits that a timeline tells of. */
export const digitsOf = (timeline: readonly Item[]): string =>
  factsOf(timeline, "digit_received")
    .map(({ digit }) => digit)
    .join("");
