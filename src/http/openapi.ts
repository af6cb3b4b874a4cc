import swagger, { type SwaggerTransformObject } from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { problemSchema } from "./problem.ts";

const DESCRIPTION = `Programmable phone calls on your own Asterisk.

Send \`Authorization: Bearer KEY\`, or \`?accesskey=KEY\`. Bodies are JSON. A list takes \`page_size\` and \`page_token\`.
A create takes an \`Idempotency-Key\`.
An error is always \`{error: {status, reason, message, request_id, details}}\`.`;

const problem = (description: string) => ({ description, content: { "application/json": { schema: problemSchema } } });

/** What every route can answer beside what it says itself. */
const problems = {
  "4xx": problem("The request was refused: `reason` and `details` say why."),
  "5xx": problem("The request could not be served, through no fault of its sender."),
};

/** Describes every route that is added from now on, and serves the description for people at /docs. */
export function describeApi(app: FastifyInstance): void {
  app.addHook("onRoute", ({ schema }) => {
    if (schema && !schema.hide) schema.response = { ...Object(schema.response), ...problems };
  });
  app.register(swagger, {
    openapi: {
      openapi: "3.1.1",
      info: {
        title: "Ringdown",
        version: "1.0",
        description: DESCRIPTION,
        license: { name: "MIT", identifier: "MIT" },
      },
      components: {
        securitySchemes: {
          key: { type: "http", scheme: "bearer" },
          keyInQuery: { type: "apiKey", in: "query", name: "accesskey" },
        },
      },
      security: [{ key: [] }, { keyInQuery: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnusedSchemas(jsonSchemaTransformObject(document)),
  });
  app.register(swaggerUi, { routePrefix: "/docs", staticCSP: true, uiConfig: { validatorUrl: null } });
}

type Description = ReturnType<SwaggerTransformObject>;

/** Leaves out schemas that no route leads to: those of the other direction, and those that never leave the house. */
function withoutUnusedSchemas(document: Description): Description {
  if (!("components" in document) || !document.components?.schemas) return document;
  const { schemas } = document.components;
  const used = new Set<string>();
  const follow = (tree: unknown): void => {
    for (const [, name = ""] of JSON.stringify(tree ?? null).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      follow(Object.entries(schemas).find(([each]) => each === name)?.[1]);
    }
  };
  follow(document.paths);
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  // The type says "of either OpenAPI 2 or 3"; what was taken apart above was of 3.
  return { ...document, components: { ...document.components, schemas: kept } } as Description;
}
