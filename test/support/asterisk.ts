import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually, Hopeless } from "./eventually.ts";
import { SERVER_ADDRESS } from "./loopback.ts";
import { endProcess, hasEnded, keepOutput, type Output } from "./process.ts";

/** A real Asterisk of one test file, made by the image's own entry point. */
export type Asterisk = AsyncDisposable & {
  readonly address: string;
  /** Everything that it writes. */
  readonly directory: string;
  /** The settings that Ringdown needs to find it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly output: Output;
  /** Runs a command of Asterisk's console. */
  cli(command: string): Promise<string>;
  /** Adds a number to the dialplan that works without Ringdown, and hangs up at its end: `["Answer", "Echo"]`. */
  addExtension(number: string, applications: readonly string[]): Promise<void>;
  /** A request to its HTTP interface. */
  ari(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Makes a SIP account that phones register with, as Asterisk's own administrator would. */
  addAccount(name: string, password: string): Promise<void>;
  /** Channels, bridges and files of calls that should be over. */
  leftovers(): Promise<readonly string[]>;
  /** Kills it without notice. */
  kill(): Promise<void>;
  /** Starts it again, in the same directory. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

const REPOSITORY = join(import.meta.dirname, "../..");
const RINGDOWN_UID = 5060;
const BOOT_MS = 30_000;
const FILES_OF_CALLS = ["spool/recording", "spool/monitor", "spool/tmp"];
const run = promisify(execFile);

/** Starts Asterisk at an address and waits until it has booted. */
export const startAsterisk = async ({
  address = SERVER_ADDRESS,
  environment = {},
}: {
  address?: string;
  environment?: Readonly<Record<string, string>>;
} = {}): Promise<Asterisk> => {
  const directory = mkdtempSync(join(tmpdir(), "asterisk-"));
  const owner = process.getuid?.() === 0 ? { uid: RINGDOWN_UID, gid: RINGDOWN_UID } : {};
  if (owner.uid) chownSync(directory, owner.uid, owner.gid);
  const password = randomUUID();
  const settings = {
    RINGDOWN_ARI_URL: `http://${address}:8088`,
    RINGDOWN_ARI_PASSWORD: password,
    RINGDOWN_ARI_LISTEN: `${address}:8082`,
    RINGDOWN_ARI_LISTEN_PASSWORD: randomUUID(),
    RINGDOWN_SIP_BIND: address,
    ...environment,
  };
  const options = {
    ...owner,
    cwd: "/",
    env: {
      PATH: process.env.PATH,
      RINGDOWN_ASTERISK_DIR: directory,
      RINGDOWN_ASTERISK_TEMPLATES: join(REPOSITORY, "asterisk-config"),
      RINGDOWN_SECRETS_LIBRARY: join(REPOSITORY, "docker/secrets.sh"),
      ...settings,
    },
  };
  const lines: string[] = [];
  let child: ChildProcess | undefined;

  const cli: Asterisk["cli"] = async (command) => {
    const configuration = join(directory, "etc/asterisk.conf");
    const { stdout } = await run("asterisk", ["-C", configuration, "-rx", command], options);
    return stdout;
  };
  const ari: Asterisk["ari"] = async (method, path, body) => {
    const authorization = `Basic ${Buffer.from(`ringdown:${password}`).toString("base64")}`;
    const response = await fetch(`http://${address}:8088/ari${path}`, {
      method,
      headers: { authorization, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  const start = async (): Promise<void> => {
    const started = spawn(join(REPOSITORY, "docker/asterisk/entrypoint.sh"), options);
    child = started;
    keepOutput(started, lines);
    await eventually(
      "Asterisk's boot",
      async () => {
        if (hasEnded(started)) throw new Hopeless(lines.join("\n"));
        return (await cli("core waitfullybooted")).includes("fully booted");
      },
      BOOT_MS,
    );
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child) await endProcess(child, signal);
  };
  const dispose = async (): Promise<void> => {
    // It may take 15 s to end in order, and nothing of it is wanted any more.
    await end("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  };

  await start();
  return {
    address,
    directory,
    environment: settings,
    output: { name: "asterisk", lines },
    cli,
    ari,
    addExtension: async (number, applications) => {
      // Past its last step a number would go on with those of the pattern that matches any number.
      for (const [index, application] of [...applications, "Hangup"].entries()) {
        const step = application.includes("(") ? application : `${application}()`;
        await cli(`dialplan add extension ${number},${index + 1},${step} into inbound`);
      }
    },
    addAccount: async (name, accountPassword) => {
      const objects = {
        auth: { auth_type: "userpass", username: name, password: accountPassword },
        aor: { max_contacts: "1" },
        endpoint: { context: "inbound", disallow: "all", allow: "ulaw", auth: name, aors: name },
      };
      for (const [type, values] of Object.entries(objects)) {
        const fields = Object.entries(values).map(([attribute, value]) => ({ attribute, value }));
        await ari("PUT", `/asterisk/config/dynamic/res_pjsip/${type}/${name}`, { fields });
      }
    },
    leftovers: async () => {
      const [channels, bridges] = await Promise.all([ari("GET", "/channels"), ari("GET", "/bridges")]);
      const files = FILES_OF_CALLS.flatMap((part) =>
        readdirSync(join(directory, part)).map((file) => `${part}/${file}`),
      );
      return [...idsOf("channel", channels), ...idsOf("bridge", bridges), ...files];
    },
    kill: () => end("SIGKILL"),
    start,
    stop: () => end("SIGTERM"),
    [Symbol.asyncDispose]: dispose,
  };
};

const idsOf = (kind: string, list: unknown): readonly string[] =>
  (Array.isArray(list) ? list : [])
    .map((item) => `${kind} ${JSON.stringify(item)}`)
    // The channel of texts stays for the next one; while one is being taken, it is in our application.
    .filter((item) => !item.includes('"Message/ast_msg_queue"') || item.includes('"app_name":"Stasis"'));
