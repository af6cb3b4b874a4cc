/** Comparisons that conditions share. */
import { z } from "zod";
import { jump, next, type Outcome } from "./outcome.ts";

export const operators = ["==", "!=", ">", ">=", "<", "<="] as const;
export type Operator = (typeof operators)[number];
export const operator = z.enum(operators);

const HOLDS: Readonly<Record<Operator, (order: number) => boolean>> = {
  "==": (order) => order === 0,
  "!=": (order) => order !== 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
};

/** Whether `left OP right` holds: numbers by size, texts by their characters. Nothing holds for what is not a number. */
export function compare<T extends number | string>(left: T, operator: Operator, right: T): boolean {
  if (Number.isNaN(left) || Number.isNaN(right)) return false;
  return HOLDS[operator](order(left, right));
}

/** Compares two lists of the same length, the first item being the most significant. */
export function compareInOrder(left: readonly number[], operator: Operator, right: readonly number[]): boolean {
  const differing = left.findIndex((value, index) => value !== right[index]);
  return HOLDS[operator](differing < 0 ? 0 : order(left[differing] ?? 0, right[differing] ?? 0));
}

/** The number that a text is; NaN when it is none. Stricter than `Number`, which takes "" for 0 and knows "0x1f". */
export function toNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
}

/** On to the next action when the condition holds, else to the target, if there is one. */
export const conditionOutcome = (holds: boolean, falseTargetId: string | undefined): Outcome =>
  holds || falseTargetId === undefined ? next : jump(falseTargetId);

function order(left: number | string, right: number | string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
