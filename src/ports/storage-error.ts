/** Why the storage refused. `full` and `read_only` last until somebody acts; `unavailable` may pass by itself. */
export type StorageFault = "full" | "read_only" | "unavailable" | "conflict" | "corrupt" | "unknown";

/** The storage could not do what was asked; nothing of it was stored. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly fault: StorageFault;

  constructor(fault: StorageFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}
