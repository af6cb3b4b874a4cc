/** Actions that wait in lists, for tests of what runs such actions. */
import { z } from "zod";
import { actions } from "../../src/actions/registry.generated.ts";
import { type ActionDefinition, defineAction } from "../../src/flow/action.ts";
import { fork, next } from "../../src/flow/outcome.ts";
import { type Action, actionSchema } from "../../src/model/action.ts";

const sound = (name: string) => ({ kind: "builtin", uri: `sound:${name}` }) as const;
const list = z.array(actionSchema).default([]);

/** Waits in its list, then plays what it has left for itself. */
const hold = defineAction({
  type: "hold",
  summary: "",
  uses: ["call", "variables"],
  option: z.object({ list, until: z.string().optional() }),
  examples: [],
  async run({ option, again, call, variables }) {
    variables.set("runs", `${variables.get("runs") ?? ""}${again === undefined ? "first " : "again "}`);
    if (again === undefined) return fork(option.list, { thenAgain: { sound: "talk" }, until: option.until });
    await call.play([sound(z.object({ sound: z.string() }).parse(again).sound)]);
    return next;
  },
});

const nest = defineAction({
  type: "nest",
  summary: "",
  uses: [],
  option: z.object({ list }),
  examples: [],
  run: ({ option }) => fork(option.list),
});

/** Like speech that has to be made first: it does not come to play when it is interrupted before. */
const speak = defineAction({
  type: "speak",
  summary: "",
  uses: ["call"],
  option: z.object({}),
  examples: [],
  async run({ call, signal }) {
    signal.throwIfAborted();
    await call.play([sound("speech")]);
    return next;
  },
});

/** Why the signals of steps aborted that wait for nothing else, play then and end as if nothing had been. */
export const reasons: unknown[] = [];
const deaf = defineAction({
  type: "deaf",
  summary: "",
  uses: ["call"],
  option: z.object({}),
  examples: [],
  async run({ call, signal }) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    reasons.push(signal.reason);
    await call.play([sound("deaf")]).catch(() => undefined);
    return next;
  },
});

export const catalogue = new Map<string, ActionDefinition>(actions);
for (const action of [hold, nest, speak, deaf]) catalogue.set(action.type, action);

export const beep = (id: string): Action => ({ id, type: "beep", option: {} });

/** Waits in this list, which can be interrupted by its name. */
export const waiting = (list: readonly Action[], until = "k"): Action => ({
  id: "q",
  type: "hold",
  option: { list, until },
});
