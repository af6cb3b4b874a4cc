import { z } from "zod";
import { statusReasonSchema } from "./status-reason.ts";
import { telephoneNumberSchema, telephonePrefixSchema } from "./telephone.ts";

export const trunkTransports = ["udp", "tcp"] as const;

const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const DNS_NAME = new RegExp(`^(?=.{1,253}$)(?:${LABEL}\\.)*${LABEL}$`);
const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
/** Of one host: neither "this network" (0.…) nor many at once (224.… and above). */
const IPV4 = new RegExp(`^(?!0\\.|22[4-9]\\.|2[34]\\d\\.|25\\d\\.)${OCTET}(?:\\.${OCTET}){3}$`);

/** What ends in a number is an address, or a mistyped one: no domain of the world does. */
const isHost = (text: string): boolean => (/(?:^|\.)\d+$/.test(text) ? IPV4.test(text) : DNS_NAME.test(text));

const hostSchema = z
  .string()
  .refine(isHost, "a DNS name such as sip.example.com, or an IPv4 address, without sip: and port")
  .transform((host) => host.toLowerCase());

const limit = z.int().min(1).max(100_000).nullable().default(null);

/** A carrier, as people send it, each field by itself. */
export const trunkFieldsSchema = z.strictObject({
  name: z.string().min(1).max(255).describe("For people."),
  host: hostSchema.describe("DNS name or IPv4 address of the carrier. Calls that come from there are taken."),
  port: z.int().min(1).max(65_535).default(5_060),
  transport: z.enum(trunkTransports).default("udp"),
  username: z
    .string()
    .regex(/^[!#-[\]-~]{1,128}$/, '1 to 128 visible ASCII characters without " and \\')
    .nullable()
    .default(null)
    .describe("With the password, what the carrier's challenges are answered with."),
  password: z
    .string()
    .regex(/^[\x20-\x7e]{1,128}$/, "1 to 128 visible ASCII characters")
    .nullable()
    .default(null)
    .describe("Never shown again.")
    .meta({ writeOnly: true }),
  register: z
    .boolean()
    .default(false)
    .describe("Whether Asterisk registers at the carrier, which then knows where to send calls."),
  prefixes: z
    .array(telephonePrefixSchema)
    .max(1_000)
    .default([])
    .describe(
      "Which numbers go through it, such as `+49`; none, or `+`: every number. Of several trunks the one with the longest matching prefix is tried first.",
    ),
  priority: z
    .int()
    .min(0)
    .max(65_535)
    .default(0)
    .describe("Among trunks whose prefixes match equally well, lower is tried first."),
  max_calls: limit.describe("How many calls may be up through it at once; null: any number."),
  max_calls_per_second: limit.describe("How many calls may begin through it within a second; null: any number."),
  caller_id: telephoneNumberSchema
    .nullable()
    .default(null)
    .describe("The caller's number for whoever calls from something else than a number of yours; null: as it is."),
  from_user: z
    .string()
    .regex(/^[\w.+~*!-]{1,128}$/, "1 to 128 letters, digits, _ . + ~ * ! or -")
    .nullable()
    .default(null)
    .describe(
      "User of the From header, for carriers that want the account there and the caller in P-Asserted-Identity; null: the caller's number.",
    ),
  from_domain: hostSchema.nullable().default(null).describe("Host of the From header; null: the trunk's host."),
  detail: z.string().max(4096).default(""),
});

/** A carrier, as people send it. */
export const trunkDocumentSchema = trunkFieldsSchema.superRefine(({ username, password, register }, { addIssue }) => {
  const isNeeded = register || username !== null || password !== null;
  if (!isNeeded) return;
  const why = register ? "needed to register at the carrier" : "username and password go together";
  for (const [name, value] of Object.entries({ username, password })) {
    if (value === null) addIssue({ code: "custom", path: [name], message: `what the carrier knows: ${why}` });
  }
});
export type TrunkDocument = z.infer<typeof trunkDocumentSchema>;

export const trunkStatuses = ["ready", "pending"] as const;

/** A carrier as the API shows it. */
export const shownTrunkSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    name: z.string(),
    host: z.string(),
    port: z.int(),
    transport: z.enum(trunkTransports),
    username: z.string().nullable(),
    register: z.boolean(),
    prefixes: z.array(z.string()),
    priority: z.int(),
    max_calls: z.int().nullable(),
    max_calls_per_second: z.int().nullable(),
    caller_id: z.string().nullable(),
    from_user: z.string().nullable(),
    from_domain: z.string().nullable(),
    detail: z.string(),
    status: z
      .enum(trunkStatuses)
      .describe("`ready`: Asterisk has it as it is here. `pending`: stored; Asterisk gets it when it can take it."),
    status_reason: statusReasonSchema,
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "Trunk" });

/** A carrier as it is stored. Its password is readable: a challenge of whatever realm has to be answered with it. */
export const trunkSchema = shownTrunkSchema.extend({ password: z.string().nullable() });
export type Trunk = z.infer<typeof trunkSchema>;
