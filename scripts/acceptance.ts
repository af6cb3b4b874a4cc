import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isFree } from "./prerequisites/addresses.ts";
import { attempt } from "./prerequisites/command.ts";
import type { Compose } from "./prerequisites/compose.ts";
import { localFile } from "./prerequisites/paths.ts";
import { Problem } from "./prerequisites/problem.ts";
import { ensureSecrets } from "./prerequisites/secrets.ts";
import { stackOf } from "./stack.ts";
import { testContainer } from "./test-container.ts";
import { type Tally, tallyOfReport } from "./test-report.ts";

/** Below the ports that systems give out by themselves. */
const PORT_BLOCKS = { first: 21_000, last: 31_000, size: 500 } as const;

/** Starts a whole stack of its own as users get it, calls it, and takes it away again. */
export const acceptance = async (compose: Compose, undo: (() => Promise<unknown>)[]): Promise<Tally> => {
  const folder = localFile("acceptance", String(process.pid));
  const results = join(folder, "results");
  mkdirSync(results, { recursive: true });
  undo.push(async () => rmSync(folder, { recursive: true, force: true }));

  const environmentFile = join(folder, "env");
  writeFileSync(environmentFile, settingsAt(await freeBlock()), { mode: 0o600 });
  ensureSecrets(environmentFile);
  const project = `ringdown-acceptance-${process.pid}`;
  const stack = stackOf({ compose, environmentFile, project });
  undo.push(() => stack.down("--volumes"));
  await stack.up();

  const container = testContainer(compose);
  undo.push(container.clean);
  const succeeded = await container.run({
    place: "beside",
    parameters: [
      "--project",
      "acceptance",
      "--reporter=default",
      "--reporter=json",
      "--outputFile.json=/results/report.json",
    ],
    results,
    environment: {
      RINGDOWN_ENV_FILE: environmentFile,
      // The tests share the machine's process ids, so that they can kill the backend the hard way.
      ACCEPTANCE_BACKEND_PID: await processOf(compose, project, "ringdown"),
      ACCEPTANCE_ASTERISK_PID: await processOf(compose, project, "asterisk"),
    },
  });
  return tallyOfReport(join(results, "report.json"), succeeded);
};

const settingsAt = (port: number): string =>
  [
    `RINGDOWN_HTTP_PORT=${port}`,
    `RINGDOWN_MEDIA_PORT=${port + 1}`,
    `RINGDOWN_MEDIA_URL=http://127.0.0.1:${port + 1}`,
    `RINGDOWN_ARI_URL=http://127.0.0.1:${port + 2}`,
    `RINGDOWN_ARI_LISTEN=127.0.0.1:${port + 3}`,
    `RINGDOWN_SIP_PORT=${port + 4}`,
    `RINGDOWN_RTP_START=${port + 100}`,
    `RINGDOWN_RTP_END=${port + 299}`,
    "",
  ].join("\n");

/** The stack may run beside the user's own one, and beside that of another test run. */
const freeBlock = async (): Promise<number> => {
  const count = (PORT_BLOCKS.last - PORT_BLOCKS.first) / PORT_BLOCKS.size;
  const start = process.pid % count;
  for (let index = 0; index < count; index += 1) {
    const port = PORT_BLOCKS.first + ((start + index) % count) * PORT_BLOCKS.size;
    const free = await Promise.all(
      [0, 1, 2, 3, 4, 100].map((offset) => isFree({ host: "127.0.0.1", port: port + offset })),
    );
    if (free.every(Boolean)) return port;
  }
  throw new Problem(
    "No block of free ports was found.",
    `free some between ${PORT_BLOCKS.first} and ${PORT_BLOCKS.last}`,
  );
};

const processOf = async ({ command, prefix }: Compose, project: string, service: string): Promise<string> => {
  const { output: container } = await attempt(command, [
    ...prefix,
    "--project-name",
    project,
    "ps",
    "--quiet",
    service,
  ]);
  const { output } = await attempt("docker", ["inspect", "--format", "{{.State.Pid}}", container.trim()]);
  return output.trim();
};
