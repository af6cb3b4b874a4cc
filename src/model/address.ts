import { z } from "zod";

export const addressTypes = ["tel", "sip", "extension", "agent", "conference", "email", "line"] as const;

/** Types whose target is the id of a resource, or may be. */
const RESOURCES: ReadonlySet<string> = new Set(["extension", "agent", "conference"]);
const isId = ({ type, target }: { readonly type: string; readonly target: string }): boolean =>
  RESOURCES.has(type) && UUID.test(target);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A party of a call or message: who calls, who is called. */
export const addressSchema = z
  .strictObject({
    type: z.enum(addressTypes).describe("How `target` is to be read."),
    target: z
      .string()
      .default("")
      .describe("Number in E.164 (tel), SIP URI (sip), id of the resource (extension, agent, conference)."),
    target_name: z.string().optional().describe("Name that stands for the target, such as an extension's number."),
    name: z.string().optional().describe("Display name."),
    detail: z.string().optional(),
  })
  // Ids are stored in small letters.
  .overwrite((address) => (isId(address) ? { ...address, target: address.target.toLowerCase() } : address))
  .meta({ id: "Address" });
export type Address = z.infer<typeof addressSchema>;

/** Who calls, when nobody is named. */
export const NEUTRAL_SOURCE: Address = { type: "sip", target: "ringdown", name: "Ringdown" };

/** Who is on a call from outside. E.164 numbers are telephone numbers; anything else that a phone can dial or be is a SIP user. */
export const partyOf = (target: string, name: string): Address => ({
  type: /^\+?\d+$/.test(target) ? "tel" : "sip",
  target,
  target_name: "",
  name,
  detail: "",
});

const SIP_URI = /^(?:sips?:)?(?:[^\s@<>",|?]+@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?(?:;[^\s@<>",|?]*)?$/;

/** A word alone is rather a user whose host was forgotten. */
const ONE_WORD = /^[A-Za-z0-9-]+$/;

/** The host of a SIP URI, whose scheme may be left out; undefined for what is none, or could be more than one thing. */
export const hostOfSipUri = (uri: string): string | undefined =>
  ONE_WORD.test(uri) ? undefined : SIP_URI.exec(uri)?.[1];
