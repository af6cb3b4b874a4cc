import type { IdempotentRequest } from "../model/idempotent-request.ts";

/** Requests that carry a key so that they are done once. Every method may reject with a StorageError. */
export interface IdempotencyStore {
  /**
   * Remembers a request that begins, or gives the one that has begun under its id before. Those that were created
   * before `forgetBefore` are forgotten.
   */
  begin(request: IdempotentRequest, forgetBefore: string): Promise<IdempotentRequest | undefined>;
  /** Keeps what it was answered with. */
  answer(id: string, answer: string): Promise<void>;
  /** Forgets it, so that it can be tried again. */
  forget(id: string): Promise<void>;
}
