import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { problemSchema } from "./problem.ts";

const DESCRIPTION = `Programmable phone calls on your own Asterisk.

Send \`Authorization: Bearer KEY\`, or \`?accesskey=KEY\`. Bodies are JSON. A list takes \`page_size\` and \`page_token\`.
An error is always \`{error: {status, reason, message, request_id, details}}\`.`;

/** Describes every route that is added from now on, and serves the description for people at /docs. */
export function describeApi(app: FastifyInstance): void {
  app.addHook("onRoute", (route) => {
    if (!route.schema || route.schema.hide) return;
    route.schema.response = { ...Object(route.schema.response), "4xx": problemSchema, "5xx": problemSchema };
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
    transformObject: jsonSchemaTransformObject,
  });
  app.register(swaggerUi, { routePrefix: "/docs", staticCSP: true, uiConfig: { validatorUrl: null } });
}
