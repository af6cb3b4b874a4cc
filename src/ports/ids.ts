/** Identifiers as a port: random in production, counted in tests. */
export interface Ids {
  /** A new UUID. */
  next(): string;
}
