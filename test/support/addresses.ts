import type { Phone } from "./phone.ts";

/** A phone, as a flow or a request names it. */
export const sip = ({ user, address }: Pick<Phone, "user" | "address">) => ({
  type: "sip",
  target: `sip:${user}@${address}`,
});
