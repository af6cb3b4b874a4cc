import { execFile } from "node:child_process";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A PostgreSQL server of this test's own, on a loopback address. */
export type TestPostgres = {
  url(database: string): string;
  start(): Promise<void>;
  stop(): Promise<void>;
  remove(): Promise<void>;
};

const ADDRESS = "127.0.0.1";
/** Debian keeps the programs of each version apart. */
const VERSIONS = "/usr/lib/postgresql";

export async function startPostgres(): Promise<TestPostgres> {
  const programs = join(VERSIONS, (await readdir(VERSIONS)).toSorted().at(-1) ?? "", "bin");
  const folder = await mkdtemp(join(tmpdir(), "ringdown-postgres-"));
  const [user, group] = await Promise.all([numberOf("-u"), numberOf("-g")]);
  await chown(folder, user, group);
  // The server refuses to run as root.
  const asPostgres = (program: string, ...parameters: string[]) =>
    run(join(programs, program), parameters, { uid: user, gid: group, cwd: folder });
  const data = join(folder, "data");
  const port = await freePort();
  await asPostgres("initdb", "--pgdata", data, "--auth", "trust", "--no-sync", "--locale", "C", "--encoding", "UTF8");

  const start = async () => {
    const options = `-k ${folder} -c listen_addresses=${ADDRESS} -p ${port} -c fsync=off -c max_connections=50`;
    await asPostgres("pg_ctl", "start", "--wait", "-D", data, "-o", options, "-l", join(folder, "log"));
  };
  const stop = async () => {
    await asPostgres("pg_ctl", "stop", "--wait", "--mode", "fast", "-D", data);
  };
  await start();
  return {
    url: (database) => `postgres://postgres@${ADDRESS}:${port}/${database}`,
    start,
    stop,
    async remove() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

const numberOf = async (which: "-u" | "-g"): Promise<number> => Number((await run("id", [which, "postgres"])).stdout);

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, ADDRESS, () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
