import { randomUUID } from "node:crypto";
import type { Ids } from "../../ports/ids.ts";

/** Random UUIDs, version 4. */
export const randomIds: Ids = { next: () => randomUUID() };
