/** An Asterisk as its packages leave it, and the page that tells how to make it work with Ringdown. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually, Hopeless } from "./eventually.ts";
import { endProcess, hasEnded, keepOutput, type Output } from "./process.ts";

/** Runs from a folder of its own, with the files that Asterisk comes with. */
export type PlainAsterisk = AsyncDisposable & {
  readonly output: Output;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Adds lines to the end of a file. */
  add(file: string, lines: string): void;
};

/** Lines that belong into one of Asterisk's files. */
export type Block = { readonly file: string; readonly lines: string };

const SAMPLES = "/usr/share/asterisk/conf/samples";
const BOOT_MS = 60_000;
const run = promisify(execFile);

/** Not started yet. */
export const plainAsterisk = (): PlainAsterisk => {
  const directory = mkdtempSync(join(tmpdir(), "plain-asterisk-"));
  const folder = (name: string): string => {
    const path = join(directory, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const etc = folder("etc");
  for (const file of readdirSync(SAMPLES)) {
    writeFileSync(join(etc, file.replace(/\.sample$/, "")), readFileSync(join(SAMPLES, file)));
  }
  const configuration = join(etc, "asterisk.conf");
  writeFileSync(configuration, inFolder(readFileSync(configuration, "utf8"), etc, folder));
  const lines: string[] = [];
  let child: ChildProcess | undefined;

  const booted = async (started: ChildProcess): Promise<boolean> => {
    if (hasEnded(started)) throw new Hopeless(lines.slice(-50).join("\n"));
    const { stdout } = await run("asterisk", ["-C", configuration, "-rx", "core waitfullybooted"]);
    return stdout.includes("fully booted");
  };
  const stop = async (): Promise<void> => {
    if (child) await endProcess(child, "SIGTERM");
  };
  return {
    output: { name: "plain asterisk", lines },
    async start() {
      const started = spawn("asterisk", ["-f", "-n", "-C", configuration], { cwd: "/" });
      child = started;
      keepOutput(started, lines);
      await eventually("Asterisk's boot", () => booted(started), BOOT_MS);
    },
    stop,
    add: (file, text) => appendFileSync(join(etc, file), `\n${text}\n`),
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

/** The same settings, but everything that is written lies in one folder. */
function inFolder(text: string, etc: string, folder: (name: string) => string): string {
  const places: Readonly<Record<string, string>> = {
    astetcdir: etc,
    // Debian's places, as its own file has them.
    astmoddir: join("/usr/lib", debianArchitecture(), "asterisk/modules"),
    astdatadir: "/usr/share/asterisk",
    astagidir: "/usr/share/asterisk/agi-bin",
    astvarlibdir: folder("lib"),
    astdbdir: folder("lib"),
    astkeydir: folder("lib"),
    astspooldir: folder("spool"),
    astrundir: folder("run"),
    astlogdir: folder("log"),
    astcachedir: folder("cache"),
  };
  folder("log/cdr-csv");
  const replaced = Object.entries(places).reduce(
    (all, [name, path]) => all.replace(new RegExp(`^${name} => .*$`, "m"), `${name} => ${path}`),
    text,
  );
  return replaced.replace(/^\[directories\]\(!\)$/m, "[directories]");
}

function debianArchitecture(): string {
  const found = readdirSync("/usr/lib").find((name) => name.endsWith("-linux-gnu"));
  if (!found) throw new Error("no folder of libraries as Debian has it");
  return found;
}

const PAGE = join(import.meta.dirname, "../../docs/your-own-asterisk.md");
const FENCE = /^```(\w+)\n([\s\S]*?)^```$/gm;

/** The blocks of the page in one language, in order. */
const blocksOfPage = (language: string): readonly string[] =>
  [...readFileSync(PAGE, "utf8").matchAll(FENCE)].flatMap(([, written, text]) =>
    written === language && text !== undefined ? [text] : [],
  );

/** What the page adds to Asterisk's files. */
export const asteriskBlocks = (): readonly Block[] =>
  blocksOfPage("ini").flatMap((text) => {
    const [first = "", ...rest] = text.trimEnd().split("\n");
    const file = /^; \/etc\/asterisk\/([\w.]+)$/.exec(first)?.[1];
    return file === undefined ? [] : [{ file, lines: rest.join("\n") }];
  });

/** The commands of the page that hold this text. */
export const commandsOfPage = (text: string): string => {
  const found = blocksOfPage("sh").find((commands) => commands.includes(text));
  if (found === undefined) throw new Error(`the page has no commands with ${text}`);
  return found;
};

/** The flow of the page. */
export const flowOfPage = (): string => blocksOfPage("json").join("");
