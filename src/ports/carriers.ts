import type { Trunk } from "../model/trunk.ts";
import type { Parties } from "./parties.ts";

/** A trunk as the switch needs to know it. */
export type Carrier = Pick<
  Trunk,
  "host" | "port" | "transport" | "username" | "password" | "register" | "from_user" | "from_domain"
> & {
  /** The trunk's id. */
  readonly name: string;
};

/** `put` rejects as `unavailable` too while the carrier's name leads to no address. */
export type Carriers = Parties<Carrier>;
