/** The command `ringdown` in a folder with the `.env` of docs/your-own-asterisk.md, beside an Asterisk of this machine. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv, promisify } from "node:util";
import { expect } from "vitest";
import { z } from "zod";
import { SERVER_ADDRESS } from "./loopback.ts";
import { commandsOfPage } from "./plain-asterisk.ts";
import { inherited } from "./process.ts";

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };
type Settings = Readonly<Record<string, string>>;

const COMMAND = join(import.meta.dirname, "../../bin/ringdown.mjs");
const findingSchema = z.object({
  check: z.string(),
  state: z.string(),
  finding: z.string(),
  remedy: z.array(z.string()),
});
const diagnosisSchema = z.object({ healthy: z.boolean(), findings: z.array(findingSchema) });
export type Finding = z.infer<typeof findingSchema>;

/** The page says 127.0.0.1, where other tests may be. */
export const here = (text: string): string => text.replaceAll("127.0.0.1", SERVER_ADDRESS);

/** What the page leaves to its defaults, at the address of this test. */
const places: Settings = {
  RINGDOWN_ARI_URL: `http://${SERVER_ADDRESS}:8088`,
  RINGDOWN_ARI_LISTEN: `${SERVER_ADDRESS}:8082`,
  RINGDOWN_HTTP_BIND: SERVER_ADDRESS,
  RINGDOWN_MEDIA_BIND: SERVER_ADDRESS,
  RINGDOWN_SIP_BIND: SERVER_ADDRESS,
};

/** A folder to type commands in. */
export const commandLine = (always: Settings = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "ringdown-page-"));
  let more: Settings = {};

  /** The settings of `.env`, and those of the place. */
  const settings = (): Settings => {
    const written = Object.entries(parseEnv(readFileSync(join(folder, ".env"), "utf8")));
    return { ...Object.fromEntries(written.map(([name, value]) => [name, value ?? ""])), ...places, ...always };
  };
  const run = (parameters: readonly string[], changes: Settings = {}): Promise<Ended> =>
    new Promise((resolve) => {
      const env = { ...inherited, ...places, ...always, ...more, ...changes };
      execFile(process.execPath, [COMMAND, ...parameters], { cwd: folder, env }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
    });

  /** What the doctor finds, other than that all is fine. */
  const complaints = async (changes: Settings = {}): Promise<readonly Finding[]> => {
    const { code, stdout, stderr } = await run(["doctor", "--json"], changes);
    if (stdout === "") throw new Error(`no diagnosis: ${stderr}`);
    const { healthy, findings } = diagnosisSchema.parse(JSON.parse(stdout));
    expect(code).toBe(healthy ? 0 : 1);
    return findings.filter(({ state }) => state !== "fine");
  };

  return {
    folder,
    settings,
    /** Settings for every command from now on. */
    use(settingsForAll: Settings) {
      more = settingsForAll;
    },
    run,
    complaints,
    faults: async (changes: Settings = {}) => (await complaints(changes)).filter(({ state }) => state === "fault"),
    /** Makes the secrets as the page says. */
    makeSecrets: () => promisify(execFile)("bash", ["-ec", commandsOfPage("RINGDOWN_API_KEY")], { cwd: folder }),
    /** Lines of the page with the secrets in them. */
    filled: (text: string): string => {
      const secrets = settings();
      return here(text).replaceAll(/\$\{(RINGDOWN_\w+)\}/g, (all, name) => secrets[name] ?? all);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
