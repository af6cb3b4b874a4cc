import type { Command } from "commander";
import { examine } from "../doctor/examine.ts";
import type { Finding } from "../doctor/finding.ts";
import { type JsonOption, withJson } from "../options.ts";
import type { Parts } from "../parts.ts";
import { lines, type Report } from "../report.ts";

const MARKS: Readonly<Record<Finding["state"], string>> = { fine: "✓", doubt: "!", fault: "✗", unknown: "?" };
const CHECK_WIDTH = 15;

/** `ringdown doctor`: whether calls can work here, and what to do where they can't. */
export function addDoctor(program: Command, { terminal, tell }: Parts): void {
  withJson(program.command("doctor"))
    .description("Look at settings, Asterisk, dialplan, audio and machine; say what to do where something is wrong.")
    .action(async (options: JsonOption) => tell(diagnosis(await examine(terminal)), options));
}

/** Findings as people read them; failed when one of them is a fault. */
function diagnosis(findings: readonly Finding[]): Report {
  const faults = findings.filter(({ state }) => state === "fault").length;
  const doubts = findings.filter(({ state }) => state === "doubt" || state === "unknown").length;
  const count = (number: number, one: string) => `${number} ${one}${number === 1 ? "" : "s"}`;
  const result =
    faults === 0 && doubts === 0 ? "Everything is fine." : `${count(faults, "fault")}, ${count(doubts, "doubt")}.`;
  return {
    json: { healthy: faults === 0, findings },
    text: lines([...findings.flatMap(findingLines), result]),
    failed: faults > 0,
  };
}

function findingLines({ check, state, finding, remedy }: Finding): readonly string[] {
  const indent = " ".repeat(CHECK_WIDTH + 4);
  const [first, ...rest] = remedy;
  return [
    `${MARKS[state]} ${check.padEnd(CHECK_WIDTH)}  ${finding}`,
    ...(first === undefined ? [] : [`${indent}What to do: ${first}`]),
    ...rest.map((line) => `${indent}  ${line}`.trimEnd()),
  ];
}
