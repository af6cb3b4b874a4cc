import { quote } from "../flow/fault.ts";
import { StorageError } from "../ports/storage-error.ts";
import { Problem } from "./problem.ts";

/** Stores something of which one field must be unique; who gives a value that is taken is told so. */
export async function unlessTaken<Result>(
  { kind, path, value }: { readonly kind: string; readonly path: string; readonly value: unknown },
  store: () => Promise<Result>,
): Promise<Result> {
  try {
    return await store();
  } catch (error) {
    if (!(error instanceof StorageError) || error.fault !== "conflict") throw error;
    const message = `the ${kind} ${quote(value)} exists already: give another, or change that one`;
    const fault = { path, message, expected: `a ${path} that is free`, received: quote(value) };
    throw new Problem("RESOURCE_EXISTS", message, [fault], { cause: error });
  }
}
