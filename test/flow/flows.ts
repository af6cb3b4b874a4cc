/** What the tests of the flow language share: small lists, and counted ids. */
import { actions as catalogue } from "../../src/actions/registry.generated.ts";
import type { Fault } from "../../src/flow/fault.ts";
import { type FlowVerdict, validateFlow } from "../../src/flow/validate.ts";
import type { Action } from "../../src/model/action.ts";

/** A list that can run, from its ids; `id>next_id` for an action with a next_id. */
export const listOf = (...ids: readonly string[]): readonly Action[] =>
  ids.map((written) => {
    const [id = "", next_id] = written.split(">");
    return { id, type: "answer", option: {}, ...(next_id === undefined ? {} : { next_id }) };
  });

/** The verdict on a flow with these actions. */
export const check = (actions: unknown): FlowVerdict => checkDocument({ actions });

/** The verdict on any document; missing ids are counted. */
export function checkDocument(document: unknown): FlowVerdict {
  let made = 0;
  return validateFlow(document, { catalogue, nextId: () => `made-${++made}` });
}

/** What faults say in short: path and message. */
export const inShort = (faults: readonly Fault[]): readonly string[] =>
  faults.map(({ path, message }) => `${path}: ${message}`);
