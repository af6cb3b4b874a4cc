import { z } from "zod";

export const addressTypes = ["tel", "sip", "extension", "agent", "conference", "email", "line"] as const;

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
  .meta({ id: "Address" });
export type Address = z.infer<typeof addressSchema>;
