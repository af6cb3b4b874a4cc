import type { Command } from "commander";
import { readAddress } from "../address.ts";
import { apiOf } from "../api.ts";
import { judgeFlow, nameOf, readFlow, readJson } from "../flow-file.ts";
import { type AccessOptions, type JsonOption, variableOption, withAccess, withJson } from "../options.ts";
import { callOut, follow, outcomeOf } from "../outgoing-call.ts";
import type { Parts } from "../parts.ts";
import { faultLines } from "../refusal.ts";
import type { Report } from "../report.ts";
import { presentSimulation } from "../simulate/present.ts";
import { readScript } from "../simulate/script.ts";
import { simulate } from "../simulate/simulate.ts";

type RunOptions = AccessOptions & {
  readonly to: string;
  readonly from?: string;
  readonly variable: Readonly<Record<string, string>>;
};
type SimulateOptions = JsonOption & { readonly digits?: string; readonly script?: string };

/** `ringdown flow …`: flows in files. */
export function addFlowCommands(program: Command, { terminal, tell }: Parts): void {
  const flow = program.command("flow").description("Check, try and run flows in files; - is the standard input.");

  withJson(flow.command("validate <file>"))
    .description("Tell what is wrong or doubtful in a flow.")
    .action(async (file: string, options: JsonOption) =>
      tell(verdictReport(file, judgeFlow(await readJson(file, terminal))), options),
    );

  withJson(flow.command("simulate <file>"))
    .description("Show step by step what a caller would hear; nothing is called, spoken or sent.")
    .option("--digits <keys>", "what the caller presses whenever asked, separated by commas: 1,2,1234#")
    .option("--script <file>", "JSON with more about the caller: at, source, destination, variables, digits, during, …")
    .action(async (file: string, { digits, script, json }: SimulateOptions) => {
      const { actions } = await readFlow(file, terminal);
      const simulation = await simulate(actions, await readScript({ digits, script }, terminal));
      tell(presentSimulation(simulation), { json });
    });

  withAccess(flow.command("run <file>"))
    .description("Call somebody and run the flow; follow it to its end.")
    .requiredOption("--to <address>", "whom to call: sip:user@host, 1001 or extension:1001, agent:ID, +4930123456")
    .option("--from <address>", "who calls")
    .addOption(variableOption)
    .action(async (file: string, options: RunOptions) => {
      const destination = readAddress(options.to);
      const { actions } = await readFlow(file, terminal);
      const api = apiOf(terminal, options);
      const source = options.from === undefined ? {} : { source: readAddress(options.from) };
      const placed = await callOut(api, {
        ...source,
        destinations: [destination],
        actions,
        variables: options.variable,
      });
      const story = await follow(api, placed, options.json ? () => {} : terminal.write);
      tell(outcomeOf(story), options);
    });
}

function verdictReport(
  file: string,
  { flow, errors, warnings }: Pick<ReturnType<typeof judgeFlow>, "flow" | "errors" | "warnings">,
): Report {
  const valid = flow !== undefined;
  const actions = flow?.actions.length ?? 0;
  const verdict = valid
    ? `${nameOf(file)} is right: ${actions} ${actions === 1 ? "action" : "actions"}\n`
    : `${nameOf(file)} has ${errors.length === 1 ? "an error" : `${errors.length} errors`}\n`;
  return {
    json: { valid, errors, warnings },
    text: faultLines(errors) + faultLines(warnings, "doubtful: ") + verdict,
    failed: !valid,
  };
}
