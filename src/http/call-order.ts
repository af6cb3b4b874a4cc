import { z } from "zod";
import { addressSchema, NEUTRAL_SOURCE } from "../model/address.ts";
import type { CallOrder } from "../ports/engine-control.ts";
import { resolveDestinations, resolveSource } from "./destinations.ts";
import { planOf, runnableFields } from "./runnable.ts";
import type { HttpServices } from "./services.ts";

/** What every body has that makes calls, besides its destinations. */
export const orderFields = {
  source: addressSchema.optional().describe("Who calls, as the other side is to see it; Ringdown when absent."),
  ...runnableFields,
  early_execution: z
    .boolean()
    .default(false)
    .describe(
      "Whether each flow starts at ringing, not at the answer. Actions that need an answered call, as `talk` and `play` do, wait for it. Where several phones ring, it starts once for each, and ends with those that did not answer.",
    ),
};

/** Most destinations of one order. */
const MOST_DESTINATIONS = 50;
export const destinationsSchema = z.array(addressSchema).min(1).max(MOST_DESTINATIONS);

const orderSchema = z.object({ ...orderFields, destinations: destinationsSchema });

/** The order that a body asks for. @throws Problem with every fault */
export async function orderOf(
  body: z.output<typeof orderSchema>,
  customerId: string,
  services: HttpServices,
): Promise<CallOrder> {
  const { source = NEUTRAL_SOURCE, variables, early_execution: earlyExecution } = body;
  const called = await resolveDestinations(body.destinations, customerId, services);
  const caller = await resolveSource(source, customerId, services);
  const plan = await planOf(body, customerId, services, [...caller.faults, ...called.faults]);
  return { customerId, source: caller.address, destinations: called.addresses, ...plan, variables, earlyExecution };
}
