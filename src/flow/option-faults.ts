/** What a zod schema found wrong, told to whoever wrote the value. */
import type { z } from "zod";
import { type Fault, formatPath, quote } from "./fault.ts";
import { inWords, isBlank, jsonSchemaOf, resolve, schemaAt } from "./json-schema.ts";
import { nearest } from "./nearest.ts";

export type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Every fault of a value, with paths that begin with `prefix`. */
export function faultsOf(error: z.ZodError, value: unknown, schema: z.ZodType, prefix: Path): readonly Fault[] {
  return faultsOfIssues(flatten(error.issues), value, schema, prefix);
}

/** The faults behind issues that `flatten` has made plain. */
export function faultsOfIssues(issues: readonly Issue[], value: unknown, schema: z.ZodType, prefix: Path) {
  return issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownName(key, issue.path, schema, prefix))
      : [faultOf(issue, value, schema, prefix)],
  );
}

/** Issues without unions: of a union, those of the branch that was meant. */
export function flatten(issues: readonly Issue[], at: Path = []): readonly Issue[] {
  return issues.flatMap((issue): readonly Issue[] => {
    const path = [...at, ...issue.path];
    if (issue.code === "invalid_union") return flatten(meantBranch(issue.errors), path);
    if (issue.code === "invalid_key") return issue.issues.map((inner) => ({ ...inner, path }));
    return [{ ...issue, path }];
  });
}

/** The value at a path, and whether it is there at all. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((found, segment) => {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, segment)) return undefined;
    return Reflect.get(found, segment);
  }, value);
}

/** Not the one that stands for "absent"; of the others, one that takes this type of value. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const real = branches.filter(
    (issues) => !issues.some((issue) => issue.code === "invalid_value" && isForBlank(issue)),
  );
  const fitting = real.find((issues) => !issues.some(({ code, path }) => code === "invalid_type" && path.length === 0));
  return fitting ?? real[0] ?? branches[0] ?? [];
}

const isForBlank = (issue: z.core.$ZodIssueInvalidValue): boolean => isBlank({ enum: issue.values as string[] });

function faultOf(issue: Issue, value: unknown, schema: z.ZodType, prefix: Path): Fault {
  const received = valueAt(value, issue.path);
  const expected = expectedBy(issue, schema);
  const isSecret = schemaAt(jsonSchemaOf(schema), issue.path)?.writeOnly === true;
  const path = formatPath([...prefix, ...issue.path]);
  const name = shortName([...prefix, ...issue.path]);
  if (received === undefined) return { path, message: `${name} is missing: give ${expected}`, expected };
  if (isSecret) return { path, message: `${name} must be ${expected}`, expected };
  const like = issue.code === "invalid_value" ? nearest(String(received), issue.values.map(String)) : undefined;
  return {
    path,
    message: `${name} must be ${expected}, not ${quote(received)}${like ? `; did you mean ${quote(like)}?` : ""}`,
    expected,
    received: quote(received),
    ...(like === undefined ? {} : { nearest: like }),
  };
}

/** The last name of a path, with what follows it: `stream_urls[0]`. */
function shortName(path: Path): string {
  const last = path.at(-1);
  const isName = typeof last === "string" && formatPath([last]) === last;
  return formatPath(path.slice(isName ? -1 : -2)) || "it";
}

/** Our own words where the schema has some, else what its JSON Schema says. */
function expectedBy(issue: Issue, schema: z.ZodType): string {
  if (issue.code === "custom" || issue.code === "invalid_format") return issue.message;
  const root = jsonSchemaOf(schema);
  const asked = schemaAt(root, issue.path);
  return asked ? inWords(root, asked) : issue.message;
}

function unknownName(key: string, at: Path, schema: z.ZodType, prefix: Path): Fault {
  const root = jsonSchemaOf(schema);
  const parent = schemaAt(root, at);
  const known = Object.keys((parent && resolve(root, parent).properties) ?? {});
  const like = nearest(key, known);
  const expected = known.length === 0 ? "nothing at all" : `one of ${known.join(", ")}`;
  const advice = like ? `did you mean ${quote(like)}?` : `there may be ${expected}`;
  return {
    path: formatPath([...prefix, ...at, key]),
    message: `there is no ${quote(key)} here; ${advice}`,
    expected,
    received: quote(key),
    ...(like === undefined ? {} : { nearest: like }),
  };
}
