import type { Chatbotcall } from "../model/chatbotcall.ts";
import type { TimelineEntry } from "../model/timeline.ts";
import type { Filter, Page, PageRequest } from "./resource-store.ts";

/** Talks with chatbots, each change with the facts that it adds to the timeline, in one transaction. */
export interface ChatbotcallStore {
  create(chatbotcall: Chatbotcall, facts: readonly TimelineEntry[]): Promise<void>;
  save(id: string, changes: Partial<Chatbotcall>, facts: readonly TimelineEntry[]): Promise<void>;
  get(id: string, customerId?: string): Promise<Chatbotcall | undefined>;
  list(customerId: string, page: PageRequest, filter?: Filter<Chatbotcall>): Promise<Page<Chatbotcall>>;
  /** Those that are not over, of every customer, oldest first. */
  live(): Promise<readonly Chatbotcall[]>;
  /** Whether there was one to remove. */
  remove(id: string, customerId?: string): Promise<boolean>;
}
