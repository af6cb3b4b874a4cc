/** Ids of resources are stored in small letters, and may be written, or come from somewhere, in capitals. */
import { expect, test } from "vitest";
import { actions } from "../../src/actions/registry.generated.ts";
import { parseOption } from "../../src/flow/parse-option.ts";

const ID = "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe";
const agent = (target: string) => ({ type: "agent", target });
const NAMED: Readonly<Record<string, (id: string) => object>> = {
  agent_call: (id) => ({ agent_id: id }),
  call: (id) => ({ destinations: [agent(id)], source: { type: "extension", target: id }, flow_id: id }),
  chatbot_talk: (id) => ({ chatbot_id: id }),
  confbridge_join: (id) => ({ confbridge_id: id }),
  conference_join: (id) => ({ conference_id: id }),
  connect: (id) => ({
    destinations: [agent(id), { type: "extension", target: id }, { type: "conference", target: id }],
  }),
  conversation_send: (id) => ({ conversation_id: id, text: "hello" }),
  fetch_flow: (id) => ({ flow_id: id }),
  hangup_relay: (id) => ({ reference_id: id }),
  queue_join: (id) => ({ queue_id: id }),
};

test.each(Object.entries(NAMED))("%s reads an id in capitals, written so or from a variable", (type, option) => {
  const definition = actions.get(type) ?? expect.fail(type);
  const read = definition.option.parse(option(ID));
  expect(JSON.stringify(read)).toContain(ID);
  expect(definition.option.parse(option(ID.toUpperCase()))).toEqual(read);
  const run = (id: string) => parseOption(definition, { ...option("${id}") }, { get: () => id });
  expect(run(ID.toUpperCase())).toEqual(run(ID));
});

test("what only looks like an id is left as it is", () => {
  const option = {
    destinations: [
      { type: "sip", target: ID.toUpperCase() },
      { type: "extension", target: "Front-Desk" },
    ],
  };
  expect(actions.get("connect")?.option.parse(option)).toMatchObject(option);
});
