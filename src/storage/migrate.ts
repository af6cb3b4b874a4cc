import { Migrator } from "kysely/migration";
import type { Engine } from "./engine.ts";
import { foundation } from "./migrations/0001-foundation.ts";
import { deliveries } from "./migrations/0002-deliveries.ts";
import { accounts } from "./migrations/0003-accounts.ts";
import { trunksAndAgents } from "./migrations/0004-trunks-and-agents.ts";
import { groupcalls } from "./migrations/0005-groupcalls.ts";
import { conferences } from "./migrations/0006-conferences.ts";
import { queues } from "./migrations/0007-queues.ts";
import { recordings } from "./migrations/0008-recordings.ts";
import { messages } from "./migrations/0009-messages.ts";
import { transcribes } from "./migrations/0010-transcribes.ts";
import { chatbots } from "./migrations/0011-chatbots.ts";

/**
 * Brings the tables up to date, or leaves them as they were; processes that start at once wait for each other.
 * A migration that has been released is never changed: a new one follows it.
 */
export async function migrate(engine: Engine, now: () => string): Promise<void> {
  const facts = { now, counterType: engine.counterType };
  const migrations = {
    "0001-foundation": foundation(facts),
    "0002-deliveries": deliveries(facts),
    "0003-accounts": accounts,
    "0004-trunks-and-agents": trunksAndAgents,
    "0005-groupcalls": groupcalls,
    "0006-conferences": conferences,
    "0007-queues": queues,
    "0008-recordings": recordings,
    "0009-messages": messages,
    "0010-transcribes": transcribes,
    "0011-chatbots": chatbots,
  };
  const provider = { getMigrations: async () => migrations };
  const migrator = new Migrator({ db: engine.writer, provider, allowUnorderedMigrations: true });
  await engine.exclusively(async () => {
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
  });
}
