import type { Command } from "commander";
import type { Parts } from "../program.ts";
export function addDoctor(_program: Command, _parts: Parts): void {}
