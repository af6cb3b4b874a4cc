import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually, Hopeless } from "../eventually.ts";
import type { Peer } from "../sip/socket.ts";

/** How a SIPp run ended, with every SIP message in it. */
export type SippResult = { readonly passed: boolean; readonly messages: string; readonly errors: string };

/** A SIPp that runs; what has not ended is killed when it is disposed of. */
export type Sipp = AsyncDisposable & { ended(): Promise<SippResult> };

export type SippOptions = {
  readonly scenario: string;
  readonly address: string;
  readonly port?: number;
  /** To whom it speaks first; without one, it waits to be spoken to. */
  readonly server?: Peer;
  readonly number?: string;
  readonly calls?: number;
  readonly callsPerSecond?: number;
  readonly timeoutSeconds?: number;
};

const run = promisify(execFile);
/** Calls a second: its first call comes when a whole one is due. */
const QUICKLY = 100;
const TIMEOUT_SECONDS = 30;
const SIP_PORT = 5060;

/** Runs a SIPp scenario to its end: the second opinion on our own phone's signalling. */
export const runSipp = async (options: SippOptions): Promise<SippResult> => {
  await using sipp = await startSipp(options);
  return await sipp.ended();
};

/** Starts a SIPp scenario; one that waits to be spoken to can be, once this resolves. */
export const startSipp = async (options: SippOptions): Promise<Sipp> => {
  const { address, port = SIP_PORT, scenario, server } = options;
  const directory = await mkdtemp(join(tmpdir(), "sipp-"));
  const [scenarioFile, messageFile] = [join(directory, "scenario.xml"), join(directory, "messages.log")];
  await writeFile(scenarioFile, scenario);
  const killing = new AbortController();
  const ended = run("sipp", parametersOf({ ...options, port, scenarioFile, messageFile }), {
    cwd: directory,
    // Without a terminal it draws its screens into the output; nobody reads them.
    env: { ...process.env, TERM: "dumb" },
    signal: killing.signal,
    killSignal: "SIGKILL",
  }).then(
    () => ({ passed: true, errors: "" }),
    (error: Error & { stderr?: string }) => ({ passed: false, errors: `${error.message}\n${error.stderr ?? ""}` }),
  );
  let early: { readonly errors: string } | undefined;
  ended.then((end) => {
    early = end;
  });
  if (!server) {
    await eventually("SIPp's port", () => {
      if (early) throw new Hopeless(early.errors);
      return isBound(address, port);
    });
  }
  return {
    async ended() {
      const end = await ended;
      return { ...end, messages: await readFile(messageFile, "utf8").catch(() => "") };
    },
    async [Symbol.asyncDispose]() {
      killing.abort();
      await ended;
      await rm(directory, { recursive: true });
    },
  };
};

const parametersOf = (
  options: SippOptions & { readonly port: number; readonly scenarioFile: string; readonly messageFile: string },
): readonly string[] => {
  const {
    address,
    port,
    server,
    number,
    calls = 1,
    callsPerSecond = QUICKLY,
    timeoutSeconds = TIMEOUT_SECONDS,
  } = options;
  // biome-ignore format: an option and its value to a line
  return [
    "-sf", options.scenarioFile,
    ...(number === undefined ? [] : ["-s", number]),
    "-i", address, "-p", String(port), "-mi", address,
    "-m", String(calls), "-r", String(callsPerSecond), "-l", String(calls),
    "-timeout", `${timeoutSeconds}s`, "-timeout_error", "-nostdin",
    "-trace_msg", "-message_file", options.messageFile,
    ...(server ? [`${server.address}:${server.port}`] : []),
  ];
};

/** Whether somebody listens there by UDP: the kernel's list has addresses as hexadecimal, their last byte first. */
const isBound = async (address: string, port: number): Promise<boolean> => {
  const hexadecimal = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, "0");
  const bytes = address.split(".").map((byte) => hexadecimal(Number(byte), 2));
  const entry = `${bytes.toReversed().join("")}:${hexadecimal(port, 4)}`;
  return (await readFile("/proc/net/udp", "utf8")).includes(` ${entry} `);
};
