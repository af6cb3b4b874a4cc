import type { Operation, Parameters } from "./operation.ts";

/** A request as both transports send it: the path below `/ari/` with its query, and JSON. */
export type WireRequest = {
  readonly method: Operation["method"];
  readonly uri: string;
  readonly body: string | undefined;
};

/** Asterisk's HTTP server refuses a request line over 4,096 bytes; half of it leaves room for the path. */
const QUERY_LIMIT_CHARACTERS = 2_048;

/**
 * Puts parameters where Asterisk looks for them. The query is the rule, because Asterisk tells "exists already" (409)
 * from other failures only for an id that it sees there; the body is for what a query can't carry.
 */
export const wireRequest = (operation: Operation, parameters: Parameters): WireRequest => {
  const path = operation.path.replace(/\{(\w+)\}/g, (_match, name: string) => pathPart(operation, name, parameters));
  const given = operation.query.flatMap((name): [string, unknown][] =>
    parameters[name] === undefined ? [] : [[name, parameters[name]]],
  );
  const query = given.map(([name, value]) => `${name}=${encodeURIComponent(queryValue(value))}`).join("&");
  const inBody = query.length > QUERY_LIMIT_CHARACTERS || given.some(([, value]) => hasComma(value));
  return {
    method: operation.method,
    uri: inBody || query === "" ? path : `${path}?${query}`,
    body: bodyOf(operation, parameters, inBody ? Object.fromEntries(given) : undefined),
  };
};

const pathPart = ({ name: operation }: Operation, name: string, parameters: Parameters): string => {
  const value = parameters[name];
  // An empty part would silently address the whole collection.
  if (typeof value !== "string" || value === "") throw new TypeError(`${operation} needs ${name}`);
  return encodeURIComponent(value);
};

/** Asterisk splits a list at commas, and of a repeated name takes only the last. */
const queryValue = (value: unknown): string => (Array.isArray(value) ? value.join(",") : String(value));

const hasComma = (value: unknown): boolean =>
  Array.isArray(value) && value.some((item) => typeof item === "string" && item.includes(","));

const bodyOf = (
  { body: name }: Operation,
  parameters: Parameters,
  moved: Parameters | undefined,
): string | undefined => {
  const value = name === undefined ? undefined : parameters[name];
  if (name === undefined || value === undefined) return moved === undefined ? undefined : JSON.stringify(moved);
  // The event filter is the only body that Asterisk takes without a key of its own.
  return JSON.stringify(name === "filter" ? value : { ...moved, [name]: value });
};
