import { z } from "zod";

/** The id that means "none" wherever an optional id is written out. */
export const NIL_UUID = "00000000-0000-0000-0000-000000000000";

/** An action's id within its list: a UUID, or any short name that people like to write. */
export const actionIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "a UUID or 1 to 64 letters, digits, '_' or '-'")
  .meta({ id: "ActionId", description: "Id of an action: a UUID, or any name of 1 to 64 letters, digits, `_`, `-`." });

export const uuidSchema = z.uuid().meta({ description: "A UUID." });
