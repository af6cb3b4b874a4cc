import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { flowJsonSchema } from "../../flow/schema.ts";
import type { HttpServices } from "../services.ts";

/** Described elsewhere: by the standards themselves. */
const anySchema = z.unknown();

/** What machines read to know the API and flows. Needs no key: it says nothing about anybody. */
export function descriptionRoutes(app: FastifyInstance, { catalogue }: HttpServices): void {
  const common = { tags: ["descriptions"], security: [] };
  const flowSchema = flowJsonSchema(catalogue);
  app.get("/openapi.json", {
    schema: {
      ...common,
      operationId: "get_openapi",
      summary: "This description, OpenAPI 3.1",
      response: { 200: anySchema },
    },
    handler: async () => app.swagger(),
  });
  app.get("/schemas/flow.json", {
    schema: {
      ...common,
      operationId: "get_flow_schema",
      summary: "JSON Schema of a flow, with every action",
      response: { 200: anySchema },
    },
    handler: async () => flowSchema,
  });
}
