import { z } from "zod";
import type { Fault } from "../flow/fault.ts";
import { type Reason, reasons, statusNames } from "./reasons.ts";

/** One thing that is wrong with a request. */
export const detailSchema = z
  .object({
    path: z.string().describe("Where, such as `actions[2].option.duration`; empty: the whole."),
    message: z.string().describe("What is wrong, in plain words."),
    expected: z.string().describe("What would have been right."),
    received: z.string().optional().describe("What was there instead."),
    nearest: z.string().optional().describe("The known name that resembles it most."),
  })
  .meta({ id: "Detail" }) satisfies z.ZodType<Fault>;

/** The one shape in which the API tells what went wrong. */
export const problemSchema = z
  .object({
    error: z.object({
      status: z.enum(statusNames),
      reason: z.string().describe("A fixed name for what went wrong; docs/errors.md lists all."),
      message: z.string().describe("What went wrong, for people."),
      request_id: z.string().describe("Finds the request in the log."),
      details: z.array(detailSchema),
    }),
  })
  .meta({ id: "Problem" });

/** A request that ends in an error which its sender is told. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly reason: Reason;
  readonly details: readonly Fault[];

  constructor(reason: Reason, message: string, details: readonly Fault[] = [], options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.details = details;
  }
}

/** The HTTP status that a problem is answered with. */
export const httpStatusOf = (problem: Problem): number => reasons[problem.reason].httpStatus;

/** A problem as it is sent. */
export function presentProblem(
  { reason, message, details }: Problem,
  requestId: string,
): z.infer<typeof problemSchema> {
  return { error: { status: reasons[reason].status, reason, message, request_id: requestId, details: [...details] } };
}
