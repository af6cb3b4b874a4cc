import { type CompiledQuery, type Kysely, type Selectable, sql } from "kysely";
import { z } from "zod";
import { type TimelineEntry, timelineEntrySchema } from "../model/timeline.ts";
import { readJson, readValue } from "./resource-kind.ts";
import type { Tables, TimelineRow } from "./tables.ts";

/** Adds facts in this order, in a transaction with whatever else belongs to them. */
export type InsertFacts = (transaction: Kysely<Tables>, facts: readonly TimelineEntry[]) => Promise<void>;

/** Facts of one statement; more than a step ever has. */
const LARGEST_INSERT = 16;

/** Every step adds facts, so the statement for each number of them is compiled once. */
export function createInsertFacts(): InsertFacts {
  const compiled = new Map<number, CompiledQuery>();
  return async (transaction, facts) => {
    for (let start = 0; start < facts.length; start += LARGEST_INSERT) {
      const some = facts.slice(start, start + LARGEST_INSERT);
      const insertion = compiled.get(some.length) ?? compileInsertion(transaction, some.length);
      compiled.set(some.length, insertion);
      await transaction.executeQuery({ ...insertion, parameters: some.flatMap(parametersOf) });
    }
  };
}

const parametersOf = ({ activeflow_id, call_id, at, type, data }: TimelineEntry) => [
  activeflow_id,
  call_id,
  call_id ?? activeflow_id ?? "",
  activeflow_id,
  call_id,
  activeflow_id,
  call_id,
  at,
  type,
  JSON.stringify(data),
];

/** A fact belongs to the customer of its run or call, else to the installation's own. */
function compileInsertion(transaction: Kysely<Tables>, rows: number): CompiledQuery {
  // Values come at each execution, in the order of `parametersOf`.
  const row = {
    customer_id: sql<string>`coalesce(
      (select customer_id from activeflows where id = ${null}),
      (select customer_id from calls where id = ${null}),
      (select id from customers order by tm_create, id limit 1))`,
    subject_id: "",
    activeflow_id: sql<string>`${null}`,
    call_id: sql<string>`${null}`,
    apart: sql<number>`(select 1 where not exists (
      select 1 from activeflows where id = ${null} and reference_id is not distinct from ${null}))`,
    at: "",
    type: "",
    data: "",
  };
  return transaction
    .insertInto("timeline")
    .values(Array.from({ length: rows }, () => row))
    .compile();
}

/** The facts of one call, as they were stored. */
export async function factsOfCall(database: Kysely<Tables>, callId: string): Promise<TimelineEntry[]> {
  const rows = await factsAbout(database, [callId]).where("call_id", "=", callId).orderBy("sequence").execute();
  return rows.map(toFact);
}

/** The facts of one activeflow, as they were stored. */
export async function factsOfActiveflow(database: Kysely<Tables>, id: string): Promise<TimelineEntry[]> {
  const run = await database.selectFrom("activeflows").select("reference_id").where("id", "=", id).executeTakeFirst();
  const subjects = [id, ...(run?.reference_id ? [run.reference_id] : [])];
  const own = await factsAbout(database, subjects).where("activeflow_id", "=", id).execute();
  const apart = await database
    .selectFrom("timeline")
    .selectAll()
    .where("activeflow_id", "=", id)
    .where("apart", "is not", null)
    .where("subject_id", "not in", subjects)
    .execute();
  return [...own, ...apart].toSorted((a, b) => a.sequence - b.sequence).map(toFact);
}

const factsAbout = (database: Kysely<Tables>, subjects: readonly string[]) =>
  database
    .selectFrom("timeline")
    .selectAll()
    .where("subject_id", "in", [...subjects]);

const typeSchema = timelineEntrySchema.shape.type;
const dataSchema = z.record(z.string(), z.unknown());

const toFact = ({ at, type, activeflow_id, call_id, data, sequence }: Selectable<TimelineRow>): TimelineEntry => ({
  at,
  type: readValue(typeSchema, type, `timeline ${sequence}`),
  activeflow_id,
  call_id,
  data: readJson(dataSchema, data, `timeline ${sequence}`),
});
