import type { PhoneNumber } from "../model/number.ts";
import type { ResourceStore } from "./resource-store.ts";

export interface NumberStore extends ResourceStore<PhoneNumber> {
  /** The number that a dialled string means: an exact match, else the longest prefix that ends in `*`. */
  route(dialled: string): Promise<PhoneNumber | undefined>;
}
