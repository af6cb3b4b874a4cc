import { z } from "zod";
import type { Api, HttpServices } from "../services.ts";

const readinessSchema = z
  .object({
    ready: z.boolean(),
    faults: z
      .array(
        z.object({
          component: z.string(),
          reason: z.string(),
          since: z.string().describe("RFC 3339, UTC, milliseconds."),
        }),
      )
      .readonly(),
    programs: z.array(z.string()).readonly().describe("Of the programs that it starts, those that it has."),
  })
  .meta({ id: "Readiness" });

/** Whether the process lives, and whether new calls should be sent to it. Neither needs a key. */
export function healthRoutes(api: Api, { readiness, programs }: HttpServices): void {
  const common = { tags: ["health"], security: [] };
  api.get("/healthz", {
    // Asked every few seconds, for ever: not worth a line each.
    logLevel: "warn",
    schema: {
      ...common,
      operationId: "getHealth",
      summary: "Alive",
      response: { 200: z.object({ alive: z.literal(true) }) },
    },
    handler: async () => ({ alive: true as const }),
  });
  api.get("/readyz", {
    logLevel: "warn",
    schema: {
      ...common,
      operationId: "getReadiness",
      summary: "Ready for new calls, or why not",
      response: { 200: readinessSchema, 503: readinessSchema },
    },
    handler: async (_request, reply) => {
      const { ready, faults } = readiness();
      return reply.code(ready ? 200 : 503).send({ ready, faults, programs: await programs() });
    },
  });
}
