import { type Kysely, type Selectable, sql } from "kysely";
import { z } from "zod";
import { type TimelineEntry, timelineEntrySchema } from "../model/timeline.ts";
import { readJson, readValue } from "./resource-kind.ts";
import type { Statement, Statements } from "./statement.ts";
import type { Tables, TimelineRow } from "./tables.ts";

/** Facts of one statement; more than a step ever has. */
const LARGEST_INSERT = 16;

/** Adds facts in this order. A fact belongs to the customer of its run or call, else to the installation's own. */
export const insertFacts = ({ once }: Statements, facts: readonly TimelineEntry[]): readonly Statement[] =>
  Array.from({ length: Math.ceil(facts.length / LARGEST_INSERT) }, (_, index) => {
    const some = facts.slice(index * LARGEST_INSERT, (index + 1) * LARGEST_INSERT);
    const query = once(`insert facts ${some.length}`, (database) =>
      database.insertInto("timeline").values(some.map(() => anyRow)),
    );
    return { query, values: some.flatMap(valuesOf) };
  });

const valuesOf = ({ activeflow_id, call_id, at, type, data }: TimelineEntry) => [
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

/** Values come at each execution, in the order of `valuesOf`. */
const anyRow = {
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

/** The facts of one call, as they were stored. */
export async function factsOfCall(database: Kysely<Tables>, callId: string): Promise<TimelineEntry[]> {
  const rows = await factsAbout(database, [callId]).where("call_id", "=", callId).orderBy("sequence").execute();
  return rows.map(toFact);
}

/** Removes the facts of a call, or of an activeflow those that are about no call. */
export async function removeFacts(database: Kysely<Tables>, subjectId: string): Promise<void> {
  await database.deleteFrom("timeline").where("subject_id", "=", subjectId).execute();
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
