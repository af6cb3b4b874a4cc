import { z } from "zod";

/** Of what is kept in Asterisk too. */
export const statusReasonSchema = z
  .string()
  .nullable()
  .default(null)
  .describe("Why Asterisk does not have it as it is here, as far as is known.");
