import { z } from "zod";
import { faultsOf } from "../../flow/option-faults.ts";
import { readAddress } from "../address.ts";
import { nameOf, readJson } from "../flow-file.ts";
import { Refusal, UsageError } from "../refusal.ts";
import type { Terminal } from "../terminal.ts";

const keys = z.string().regex(/^[0-9A-D#*]*$/, "telephone keys: 0-9, A-D, # and *");
const party = z.string().transform(readAddress);

/** What the caller of a simulation does, and the world in which it happens. */
const scriptSchema = z.strictObject({
  at: z.iso
    .datetime({ offset: true, error: "a time like 2026-01-05T09:00:00Z" })
    .optional()
    .describe("When the call comes; now when absent."),
  source: party.prefault("+15550100").describe("Who calls."),
  destination: party.prefault("1000").describe("Whom they call."),
  variables: z.record(z.string(), z.string()).default({}).describe("What the flow knows from its start."),
  digits: z.array(keys).default([]).describe("Keys for each time that the flow waits for them; empty: none in time."),
  during: z.record(z.string(), keys).default({}).describe("Keys pressed while the action of this id plays or waits."),
  hangup_during: z.string().optional().describe("The caller hangs up when this action plays or waits."),
  unplayable: z.array(z.string()).default([]).describe("URLs that give no audio."),
});
export type Script = z.output<typeof scriptSchema>;

/** The script of the options. `digits` alone needs no file. @throws Refusal, UsageError */
export async function readScript(
  { digits, script }: { readonly digits?: string | undefined; readonly script?: string | undefined },
  terminal: Terminal,
): Promise<Script> {
  const written = script === undefined ? {} : await readJson(script, terminal);
  const inputs = digits?.split(",").map((item) => item.trim());
  if (inputs?.some((input) => !keys.safeParse(input).success)) {
    throw new UsageError(`--digits takes telephone keys separated by commas, such as 1,2,1234#; not ${digits}`);
  }
  const parsed = scriptSchema.safeParse(written);
  if (parsed.success) return inputs === undefined ? parsed.data : { ...parsed.data, digits: inputs };
  throw new Refusal(`${nameOf(script ?? "")} is not a script`, {
    details: faultsOf(parsed.error, written, scriptSchema, []),
  });
}

/** The script of a caller who does nothing. */
export const quietCaller: Script = scriptSchema.parse({});
