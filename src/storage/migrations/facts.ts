/** What a migration may ask. */
export type MigrationFacts = {
  readonly now: () => string;
  /** Type of a primary key that counts by itself. */
  readonly counterType: "integer" | "bigserial";
};
