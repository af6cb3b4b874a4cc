import { access, constants, statfs } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { Config } from "../../config.ts";
import { doubt, type Finding, fault, fine, unknown } from "./finding.ts";

type Tool = { readonly name: string; readonly purpose: string; readonly remedy: string };
const SOX: Tool = { name: "sox", purpose: "converts every prompt", remedy: "apt-get install sox libsox-fmt-all" };
const VOICES: readonly Tool[] = [
  { name: "flite", purpose: "speaks English", remedy: "apt-get install flite" },
  { name: "espeak-ng", purpose: "speaks other languages", remedy: "apt-get install espeak-ng" },
];

/** The programs that Ringdown starts. */
export async function checkTools(path = process.env.PATH ?? ""): Promise<readonly Finding[]> {
  const isThere = async ({ name }: Tool) => {
    const looks = path.split(delimiter).map((folder) => access(join(folder, name), constants.X_OK));
    return (await Promise.allSettled(looks)).some(({ status }) => status === "fulfilled");
  };
  const missing = async (tool: Tool, tell: typeof doubt) =>
    (await isThere(tool)) ? [] : [tell("programs", `${tool.name} is missing; it ${tool.purpose}`, tool.remedy)];
  const found = [
    ...(await missing(SOX, fault)),
    ...(await Promise.all(VOICES.map((one) => missing(one, doubt)))).flat(),
  ];
  return found.length > 0 ? found : [fine("programs", [SOX, ...VOICES].map(({ name }) => name).join(", "))];
}

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
