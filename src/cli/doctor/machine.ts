import { access, constants, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Config } from "../../config.ts";
import { programsIn } from "../../providers/programs.ts";
import { doubt, type Finding, fault, fine, unknown } from "./finding.ts";
import type { Serving } from "./serving.ts";

type Tool = { readonly name: string; readonly purpose: string; readonly remedy: string };
const SOX: Tool = { name: "sox", purpose: "converts every prompt", remedy: "apt-get install sox libsox-fmt-all" };
const VOICES: readonly Tool[] = [
  { name: "flite", purpose: "speaks English", remedy: "apt-get install flite" },
  { name: "espeak-ng", purpose: "speaks other languages", remedy: "apt-get install espeak-ng" },
];

/**
 * The programs that Ringdown starts. They are wanted where it runs, which may be in a container: one that runs tells what it
 * has; else this machine is looked at.
 */
export async function checkTools(path: string, serving: Serving): Promise<readonly Finding[]> {
  const names = [SOX, ...VOICES].map(({ name }) => name);
  const found = serving?.programs ?? (await programsIn(path, names));
  const where = serving?.programs ? "where Ringdown runs" : "on this machine";
  const missing = (tool: Tool, tell: typeof doubt): readonly Finding[] =>
    found.includes(tool.name)
      ? []
      : [tell("programs", `${tool.name} is missing ${where}; it ${tool.purpose}`, tool.remedy, ...elsewhere(serving))];
  const complaints = [...missing(SOX, fault), ...VOICES.flatMap((voice) => missing(voice, doubt))];
  return complaints.length > 0 ? complaints : [fine("programs", `${names.join(", ")} ${where}`)];
}

const elsewhere = (serving: Serving): readonly string[] =>
  serving ? [] : ["or, if Ringdown is to run in its container, which has it: npm start, then ask again"];

const MEGABYTE = 1024 * 1024;
/** Below this, speech and recordings will soon have no place. */
const LITTLE_MB = 1_024;
/** Below this, state can hardly be stored. */
const TOO_LITTLE_MB = 100;

/** Room for state, speech and recordings. */
export async function checkDisk({ RINGDOWN_DATA_DIR: directory }: Config): Promise<Finding> {
  const folder = await existing(directory);
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable) return fault("disk", `${folder} can't be written`, `give it to the user that runs Ringdown: chown`);
  const free = await statfs(folder).catch(() => undefined);
  if (!free) return unknown("disk", `the room at ${folder} could not be read`);
  const freeMb = Math.floor((free.bavail * free.bsize) / MEGABYTE);
  const finding = `${freeMb} MB free at ${folder}`;
  const remedy = "make room, or set RINGDOWN_DATA_DIR to a larger disk";
  if (freeMb < TOO_LITTLE_MB) return fault("disk", finding, remedy);
  return freeMb < LITTLE_MB ? doubt("disk", finding, remedy) : fine("disk", finding);
}

/** The folder, or the nearest one above that is there: it is made at the start. */
async function existing(folder: string): Promise<string> {
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  return isThere || dirname(folder) === folder ? folder : existing(dirname(folder));
}
