import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { brokenConnection, connectVariableNames, connectVariables } from "../flow/connect-variables.ts";
import { resource } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";

/** How long an agent's phones ring. */
const RING_MS = 60_000;

export default defineAction({
  type: "agent_call",
  summary: "Rings an agent's phones and connects the first that answers.",
  deprecated: "Use `connect` with a destination of type `agent` instead.",
  uses: ["connector", "variables"],
  option: z.strictObject({
    agent_id: resource.describe(
      "The agent. Each phone rings for 60 s at most; those of a `linear` agent one after the other.",
    ),
  }),
  examples: [{ agent_id: "eb1ac5c0-ff63-47e2-bcdb-5da9c336eb4b" }],
  mentions: ({ agent_id }) => ({ agent_id: { kind: "agent", target: agent_id } }),
  sets: () => connectVariableNames,
  waitsForAnswer: true,
  brokenOff: brokenConnection,
  async run({ option, connector, variables }) {
    const destinations = [{ type: "agent", target: option.agent_id } as const];
    const end = await connector.connect({ destinations, earlyMedia: false, collectsDigits: true, ringMs: RING_MS });
    variables.setAll(connectVariables(end));
    return next;
  },
});
