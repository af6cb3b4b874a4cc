import type { Agent } from "../model/agent.ts";
import type { ResourceStore } from "./resource-store.ts";

export interface AgentStore extends ResourceStore<Agent> {
  /** A customer's, oldest first. */
  ofCustomer(customerId: string): Promise<readonly Agent[]>;
  /** Every customer's, oldest first. */
  all(): Promise<readonly Agent[]>;
}
