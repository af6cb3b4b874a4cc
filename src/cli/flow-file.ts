import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import { actions as catalogue } from "../actions/registry.generated.ts";
import { type FlowVerdict, type SoundFlow, validateFlow } from "../flow/validate.ts";
import { randomIds } from "../providers/system/ids.ts";
import { Refusal } from "./refusal.ts";
import type { Terminal } from "./terminal.ts";

/** What a file says, as JSON; `-` is the standard input. @throws Refusal */
export async function readJson(file: string, terminal: Terminal): Promise<unknown> {
  const text = file === "-" ? await terminal.readInput() : await readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(`${nameOf(file)} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What is wrong and what is doubtful in a flow; a bare list of actions is one too. */
export const judgeFlow = (document: unknown): FlowVerdict =>
  validateFlow(Array.isArray(document) ? { actions: document } : document, { catalogue, nextId: randomIds.next });

/** A flow that can run. @throws Refusal with every fault */
export async function readFlow(file: string, terminal: Terminal): Promise<SoundFlow> {
  const { flow, errors } = judgeFlow(await readJson(file, terminal));
  if (flow) return flow;
  const count = errors.length === 1 ? "an error" : `${errors.length} errors`;
  throw new Refusal(`${nameOf(file)} has ${count}`, { details: errors });
}

export const nameOf = (file: string): string => (file === "-" ? "the standard input" : file);

const errorSchema = z.object({ code: z.string().nullish(), message: z.string() });

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code, message } = errorSchema.parse(error);
    if (code === "ENOENT") throw new Refusal(`there is no file ${resolve(file)}`);
    throw new Refusal(message);
  }
}
