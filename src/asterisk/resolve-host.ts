import { lookup } from "node:dns/promises";

/** IPv4 addresses of a host; an address is its own. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** A name server that takes longer is asked again later. */
const DEADLINE_MS = 2_000;

/** By the names that this machine knows, and those of its name servers. */
export const resolveHost: ResolveHost = async (host) => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no name server answered within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  try {
    const found = await Promise.race([lookup(host, { family: 4, all: true }), late]);
    return found.map(({ address }) => address);
  } finally {
    clearTimeout(timer);
  }
};
