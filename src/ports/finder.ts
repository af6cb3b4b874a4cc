/** Reads resources of the customer that a run belongs to, and no other's. */
export interface Finder<T> {
  /** @throws StorageError */
  find(id: string): Promise<T | undefined>;
}
