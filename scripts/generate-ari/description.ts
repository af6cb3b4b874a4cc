import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const allowableValues = z.object({ valueType: z.string(), values: z.array(z.string()).optional() });

const parameter = z.object({
  name: z.string(),
  paramType: z.enum(["path", "query", "body"]),
  dataType: z.string(),
  required: z.boolean().default(false),
  allowMultiple: z.boolean().default(false),
  allowableValues: allowableValues.optional(),
});

const operation = z.object({
  nickname: z.string(),
  httpMethod: z.enum(["GET", "POST", "PUT", "DELETE"]),
  responseClass: z.string(),
  summary: z.string(),
  upgrade: z.string().optional(),
  parameters: z.array(parameter).default([]),
  errorResponses: z.array(z.object({ code: z.coerce.number(), reason: z.string() })).default([]),
});

const property = z.object({
  type: z.string(),
  required: z.boolean().default(false),
  description: z.string().optional(),
  allowableValues: allowableValues.optional(),
});

const model = z.object({
  description: z.string().optional(),
  discriminator: z.string().optional(),
  subTypes: z.array(z.string()).default([]),
  properties: z.record(z.string(), property),
});

const resource = z.object({
  apis: z.array(z.object({ path: z.string(), operations: z.array(operation) })),
  models: z.record(z.string(), model).default({}),
});

export type Parameter = z.infer<typeof parameter>;
export type Property = z.infer<typeof property>;
export type Model = z.infer<typeof model>;

/** One operation with the names of its resource and its path. */
export type DescribedOperation = z.infer<typeof operation> & { readonly resource: string; readonly path: string };

/** What Asterisk says about its REST interface, in the order of its files. */
export type Description = {
  readonly version: string;
  readonly operations: readonly DescribedOperation[];
  readonly models: ReadonlyMap<string, Model>;
};

/** Reads Asterisk's files from that folder. */
export const readDescription = (folder: string): Description => {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort();
  const files = names.map((name) => ({
    resource: name.replace(".json", ""),
    ...resource.parse(JSON.parse(readFileSync(join(folder, name), "utf8"))),
  }));
  const version = /^Version: (.+)$/m.exec(readFileSync(join(folder, "README.md"), "utf8"))?.[1];
  if (version === undefined) throw new Error(`${folder}/README.md names no version`);
  return {
    version,
    operations: files.flatMap((file) =>
      file.apis.flatMap((api) =>
        api.operations.map((described) => ({ ...described, resource: file.resource, path: api.path.slice(1) })),
      ),
    ),
    models: new Map(files.flatMap((file) => Object.entries(file.models))),
  };
};
