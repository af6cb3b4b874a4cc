import { quote } from "../../flow/fault.ts";
import { type Tag, tagDocumentSchema, tagSchema } from "../../model/tag.ts";
import { Problem } from "../problem.ts";
import type { Api, HttpServices } from "../services.ts";
import { unlessTaken } from "../taken.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

const { name, detail } = tagDocumentSchema.shape;
const changesSchema = tagDocumentSchema.extend({ name, detail: detail.unwrap() }).partial();

/** What agents can do. */
export function tagRoutes(api: Api, { storage, clock, ids }: HttpServices): void {
  const { tags, agents, queues } = storage;
  const readable: Readable<Tag> = {
    name: "tag",
    schema: tagSchema,
    list: (customerId, page) => tags.list(customerId, page),
    get: (id, customerId) => tags.get(id, customerId),
  };
  const now = () => new Date(clock.now()).toISOString();

  /** A queue that lost its tag would ring everybody: who deletes one has to see what it is used for. */
  async function requireUnused(id: string, customerId: string): Promise<void> {
    const hasIt = ({ tag_ids }: { readonly tag_ids: readonly string[] }) => tag_ids.includes(id);
    const users = [
      ...(await agents.ofCustomer(customerId)).filter(hasIt).map((agent) => ({ ...agent, kind: "agent" })),
      ...(await queues.ofCustomer(customerId)).filter(hasIt).map((queue) => ({ ...queue, kind: "queue" })),
    ];
    if (users.length === 0) return;
    const faults = users.map(({ kind, name, id: userId }) => ({
      path: "",
      message: `the ${kind} ${quote(name)} (${userId}) has the tag: take it away with PUT /${kind}s/${userId}/tag_ids`,
      expected: "a tag that nobody has",
    }));
    throw new Problem("TAG_IN_USE", "somebody has the tag", faults);
  }

  addReading(api, readable);
  addRemoval(
    api,
    readable,
    async (id, customerId) => {
      await requireUnused(id, customerId);
      return tags.remove(id, customerId);
    },
    "Refused while an agent or a queue has it.",
  );

  api.post("/tags", {
    schema: {
      tags: ["tags"],
      operationId: "create_tag",
      summary: "Makes a tag, to be given to agents",
      body: tagDocumentSchema,
      response: { 201: tagSchema },
    },
    handler: async (request, reply) => {
      const { customerId, body } = request;
      const tag = { id: ids.next(), customer_id: customerId, ...body, tm_create: now(), tm_update: now() };
      await unlessTaken(unique(body.name), () => tags.create(tag));
      return reply.code(201).send(tag);
    },
  });

  api.put("/tags/:id", {
    schema: {
      tags: ["tags"],
      operationId: "update_tag",
      summary: "Changes the fields that are given",
      params: idParameters,
      body: changesSchema,
      response: { 200: tagSchema },
    },
    handler: async (request) => {
      const { customerId, params, body } = request;
      const update = () => tags.update(params.id, { ...body, tm_update: now() }, customerId);
      return found(await unlessTaken(unique(body.name), update), "tag");
    },
  });
}

const unique = (value: string | undefined) => ({ kind: "tag", path: "name", value });
