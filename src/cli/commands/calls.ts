import type { Command } from "commander";
import { z } from "zod";
import { addressInWords, readAddress } from "../address.ts";
import { apiOf } from "../api.ts";
import { readFlow } from "../flow-file.ts";
import { type AccessOptions, variableOption, withAccess } from "../options.ts";
import { callOut, type ShownCall, shownCallSchema, timelineOf } from "../outgoing-call.ts";
import type { Parts } from "../parts.ts";
import { columns } from "../report.ts";
import { timelineLines } from "../timeline-lines.ts";

type CallOptions = AccessOptions & {
  readonly flow: string;
  readonly from?: string;
  readonly variable: Readonly<Record<string, string>>;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const listSchema = z.object({ result: z.array(shownCallSchema) });

/** `ringdown call`, `calls` and `call-log`: calls of a running Ringdown. */
export function addCallCommands(program: Command, { terminal, tell }: Parts): void {
  withAccess(program.command("call <address>"))
    .description("Call sip:user@host, 1001 or extension:1001, agent:ID, or +4930123456, and run a flow.")
    .requiredOption("--flow <id|file>", "the flow: its id, or a file")
    .option("--from <address>", "who calls")
    .addOption(variableOption)
    .action(async (address: string, options: CallOptions) => {
      const destinations = [readAddress(address)];
      const source = options.from === undefined ? {} : { source: readAddress(options.from) };
      const runnable = UUID.test(options.flow)
        ? { flow_id: options.flow }
        : { actions: (await readFlow(options.flow, terminal)).actions };
      const request = { ...source, destinations, ...runnable, variables: options.variable };
      const { calls, groupcalls } = await callOut(apiOf(terminal, options), request);
      const text = calls.map(({ id, status }) => `${id}  ${status}\n`).join("");
      // An extension or an agent may have several phones.
      tell({ json: groupcalls.length > 0 ? { calls, groupcalls } : calls[0], text }, options);
    });

  withAccess(program.command("calls"))
    .description("List calls, newest first.")
    .option("--limit <number>", "how many", "20")
    .action(async (options: AccessOptions & { readonly limit: string }) => {
      const query = `page_size=${encodeURIComponent(options.limit)}`;
      const { result } = listSchema.parse(await apiOf(terminal, options).request("GET", `/calls?${query}`));
      tell({ json: result, text: result.length === 0 ? "no calls yet\n" : columns(result.map(callRow)) }, options);
    });

  withAccess(program.command("call-log <id>"))
    .description("Tell what happened in a call, and why.")
    .action(async (id: string, options: AccessOptions) => {
      const timeline = await timelineOf(apiOf(terminal, options), encodeURIComponent(id));
      tell({ json: timeline, text: timelineLines(timeline) }, options);
    });
}

const callRow = ({ id, tm_create, direction, source, destination, status, hangup_reason }: ShownCall): string[] => [
  tm_create?.slice(0, 19).replace("T", " ") ?? "",
  direction ?? "",
  `${source ? addressInWords(source) : "?"} → ${destination ? addressInWords(destination) : "?"}`,
  status === "hangup" ? `ended (${hangup_reason ?? "?"})` : status,
  id,
];
