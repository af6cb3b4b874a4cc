/** What every resource of the API has. Timestamps are RFC 3339, UTC, milliseconds. */
export type Resource = {
  readonly id: string;
  readonly customer_id: string;
  readonly tm_create: string;
  readonly tm_update: string;
};

export type Page<T> = { readonly result: readonly T[]; readonly next_page_token: string | null };
export type PageRequest = { readonly pageSize: number; readonly pageToken?: string | undefined };

/** A page token that no list gave out. */
export class PageTokenError extends Error {
  override readonly name = "PageTokenError";
  readonly pageToken: string;

  constructor(pageToken: string) {
    super("the page token is not one that a list gave out: leave it out to start at the first page");
    this.pageToken = pageToken;
  }
}

/** Exact matches on fields; only those that the store keeps an index of are allowed. */
export type Filter<T> = { readonly [Field in keyof T]?: T[Field] };

/**
 * Keeps resources of one kind, apart by customer. Newest first in lists, stable while others are being created.
 * Every method may reject with a StorageError.
 */
export interface ResourceStore<T extends Resource> {
  /** @throws StorageError `conflict` when the id, or a field that must be unique, is taken. */
  create(resource: T): Promise<void>;
  /** Without a customer, whoever owns it: for the engine, never for a request from outside. */
  get(id: string, customerId?: string): Promise<T | undefined>;
  /** @throws PageTokenError */
  list(customerId: string, page: PageRequest, filter?: Filter<T>): Promise<Page<T>>;
  /** The resource as it is after the change; undefined when there is none. */
  update(id: string, changes: Partial<T>, customerId?: string): Promise<T | undefined>;
  /** Whether there was one to remove. */
  remove(id: string, customerId?: string): Promise<boolean>;
}
