import type { FastifySchemaCompiler } from "fastify";
import { z } from "zod";
import { faultsOf } from "../flow/option-faults.ts";
import { Problem } from "./problem.ts";
import type { Reason } from "./reasons.ts";

const PARTS: Readonly<Record<string, readonly [Reason, string]>> = {
  querystring: ["INVALID_QUERY", "the parameters after ? are not valid"],
  headers: ["INVALID_HEADER", "a header is not valid"],
  params: ["INVALID_PATH", "the path is not valid"],
};

/** Checks each part of a request against its schema, telling every fault. */
export const checkEverything: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    const parsed = schema.safeParse(data);
    if (parsed.success) return { value: parsed.data };
    const [reason, message] = PARTS[httpPart ?? ""] ?? (["INVALID_BODY", "the body is not valid"] as const);
    return { error: new Problem(reason, message, faultsOf(parsed.error, data, schema, [])) };
  };

/** A document that a change would make of what is stored. @throws Problem with every fault */
export function checkDocument<T>(document: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error, document, schema, []);
  throw new Problem("INVALID_BODY", "the body is not valid", faults);
}

/** Lets any body through: for documents whose own validation finds more faults than a schema can. */
export const leaveBody: FastifySchemaCompiler<unknown> = ({ schema, ...part }) => {
  if (part.httpPart === "body" || !(schema instanceof z.ZodType)) return (data: unknown) => ({ value: data });
  return checkEverything({ schema, ...part });
};
