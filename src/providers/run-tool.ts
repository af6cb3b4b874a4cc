import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";

/** A program of the machine could not do its work. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  readonly tool: string;
  readonly fault: "missing" | "timeout" | "failed";

  constructor(tool: string, fault: ToolError["fault"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.tool = tool;
    this.fault = fault;
  }
}

export type ToolRun = {
  readonly tool: "sox" | "flite" | "espeak-ng" | "pocketsphinx";
  /** Never seen by a shell. */
  readonly parameters: readonly string[];
  /** What the tool reads from its standard input; nothing when absent. */
  readonly input?: string | Uint8Array;
  /** From its start; not counting the wait for its turn. */
  readonly deadlineMs: number;
};

/** Runs a program to its end and gives its standard output. @throws ToolError, or the signal's reason. */
export type RunTool = (run: ToolRun, signal: AbortSignal) => Promise<string>;

/** More would only slow each other down, and the calls. */
const AT_ONCE = availableParallelism() * 2;
/** The end of what a tool complained of; more tells nothing more. */
const MAX_COMPLAINT_LENGTH = 500;

/** A runner that lets only so many programs run at once; the others wait their turn, first come, first served. */
export function toolRunner(atOnce = AT_ONCE): RunTool {
  const turns: (() => void)[] = [];
  let running = 0;
  return async (run, signal) => {
    signal.throwIfAborted();
    if (running >= atOnce) await new Promise<void>((resolve) => turns.push(resolve));
    else running += 1;
    try {
      signal.throwIfAborted();
      return await execute(run, signal);
    } finally {
      const next = turns.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

function execute({ tool, parameters, input, deadlineMs }: ToolRun, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const deadline = AbortSignal.timeout(deadlineMs);
    const options = {
      signal: AbortSignal.any([signal, deadline]),
      killSignal: "SIGKILL",
      maxBuffer: 1024 * 1024,
    } as const;
    const child = execFile(tool, parameters, options, (error, stdout, stderr) => {
      if (signal.aborted) return reject(signal.reason);
      return error ? reject(faultOf(error, tool, stderr, deadline)) : resolve(stdout);
    });
    // A tool that ends without reading all is judged by its exit code.
    child.stdin?.on("error", () => {}).end(input ?? "");
  });
}

function faultOf(error: Error, tool: ToolRun["tool"], stderr: string, deadline: AbortSignal): ToolError {
  if ("code" in error && error.code === "ENOENT") {
    return new ToolError(tool, "missing", `${tool} is not installed: ${remedies[tool]}`);
  }
  if (deadline.aborted) return new ToolError(tool, "timeout", `${tool} took too long and was stopped`);
  const complaint = stderr.trim().slice(-MAX_COMPLAINT_LENGTH) || "no reason given";
  return new ToolError(tool, "failed", `${tool} failed: ${complaint}`, { cause: error });
}

const remedies = {
  sox: "apt-get install sox libsox-fmt-all",
  flite: "apt-get install flite",
  "espeak-ng": "apt-get install espeak-ng",
  pocketsphinx: "apt-get install pocketsphinx pocketsphinx-en-us",
};
