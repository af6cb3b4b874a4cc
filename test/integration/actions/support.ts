/** What the tests of single actions share: prompts of one tone, tables of conditions, and what is left of a call. */
import { z } from "zod";
import type { Call } from "../../support/call.ts";
import { eventually } from "../../support/eventually.ts";
import type { FlowAction, Lab } from "../../support/lab.ts";

/** Long enough to be told from chance, short enough to play many. */
const PROMPT_MS = 240;

/** A prompt of these tones, one after the other. */
export const prompt = (lab: Lab, ...frequencies: readonly number[]): FlowAction => ({
  type: "play",
  option: { stream_urls: frequencies.map((frequency) => lab.audio.tone(frequency, PROMPT_MS)) },
});

/** A prompt that lasts, to be in the middle of. */
export const longPrompt = (lab: Lab, frequency: number, durationMs: number): FlowAction => ({
  type: "play",
  option: { stream_urls: [lab.audio.tone(frequency, durationMs)] },
});

export const set = (key: string, value: string): FlowAction => ({ type: "variable_set", option: { key, value } });

/** Adds to the variable `marks`, so that it tells which way the flow went. */
export const mark = (text: string): FlowAction => set("marks", `\${marks}${text}`);

type Condition = { readonly type: string; readonly option: Readonly<Record<string, unknown>> };

/** Puts conditions to the test one after the other: each adds `+` to `marks` when it holds, `-` when it does not. */
export const judge = (conditions: readonly Condition[]): readonly FlowAction[] => {
  const behind = (index: number): string => `behind${index}`;
  return conditions.flatMap(({ type, option }, index) => [
    { type, option: { ...option, false_target_id: `no${index}` } },
    { ...mark("+"), next_id: behind(index) },
    { ...mark("-"), id: `no${index}` },
    { ...set("judged", String(index)), id: behind(index) },
  ]);
};

/** The marks that `judge` should leave for what each condition should come to. */
export const marksOf = (verdicts: readonly boolean[]): string => verdicts.map((holds) => (holds ? "+" : "-")).join("");

const runSchema = z.looseObject({
  status: z.string(),
  ended_reason: z.string().nullable(),
  variables: z.record(z.string(), z.string()),
});
const factSchema = z.looseObject({ type: z.string(), at: z.string(), data: z.record(z.string(), z.unknown()) });

export type Fact = Readonly<Record<string, unknown>> & { readonly atMs: number };

/** What is known of a call afterwards. */
export type Aftermath = {
  readonly record: Readonly<Record<string, unknown>>;
  readonly endedReason: string | null;
  readonly variables: Readonly<Record<string, string>>;
  /** What the timeline tells of one kind, oldest first. */
  facts(type: string): readonly Fact[];
};

/** Waits until call and flow are over, and reads what they left. */
export const aftermathOf = async (lab: Lab, number: string): Promise<Aftermath> => {
  const record = await eventually(`the end of the call to ${number}`, async () => {
    const found = await lab.recordOf(number);
    return found.status === "hangup" ? found : undefined;
  });
  const run = await eventually(`the end of the flow of ${number}`, async () => {
    const found = runSchema.parse(await lab.api.get(`/activeflows/${String(record.activeflow_id)}`));
    return found.status === "ended" ? found : undefined;
  });
  const timeline = factSchema.array().parse(await lab.timelineOf(number));
  return {
    record,
    endedReason: run.ended_reason,
    variables: run.variables,
    facts: (type) =>
      timeline.filter((fact) => fact.type === type).map(({ at, data }) => ({ ...data, atMs: Date.parse(at) })),
  };
};

/** Waits until the timeline of a call has so many facts of this kind: what is on it survives a crash. */
export const stored = async (lab: Lab, number: string, type: string, count = 1): Promise<void> => {
  await eventually(`${count} ${type} on the timeline of ${number}`, async () => {
    const found = (await lab.timelineOf(number)).filter((fact) => fact.type === type);
    return found.length >= count;
  });
};

/** How long a tone was heard in all, without the holes that a starved machine leaves in it. */
export const heardMs = (call: Call, frequency: number): number =>
  call.blocks().reduce((total, { heard, durationMs }) => (heard === frequency ? total + durationMs : total), 0);

/** Kills Ringdown without notice and starts it again. */
export const crash = async (lab: Lab): Promise<void> => {
  await lab.ringdown.kill();
  await lab.ringdown.start();
};

/** How long the first action of this type took, by the timeline. */
export const durationOf = ({ facts }: Aftermath, action: string): number => {
  const isOne = (fact: Fact): boolean => fact.action === action;
  const [started, ended] = [facts("action_started").find(isOne), facts("action_ended").find(isOne)];
  if (!started || !ended) throw new Error(`${action} has not begun, or not ended`);
  return ended.atMs - started.atMs;
};
