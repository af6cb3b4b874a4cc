/** Schemas that several actions share, so that one thing is written and checked in one way. */
import { z } from "zod";
import { actionIdSchema, NIL_UUID } from "../model/identifier.ts";

/** One day: longer than any call. */
export const LONGEST_WAIT_MS = 86_400_000;

/** Optional; an empty string means absent. */
export const maybe = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([z.literal("").transform(() => undefined), schema]).optional();

/** Absent and the empty string both mean this value. The cast: zod can't tell that a `Value` is never undefined. */
export const orElse = <Value extends string>(value: Value, schema: z.ZodType<Value, string>) =>
  z.union([z.literal("").transform(() => value), schema]).default(value as never);

/** The id of an action of the same list. */
export const target = actionIdSchema;

/** The id of an action of the same list; absent when empty or all zeros. */
export const maybeTarget = z.union([z.literal(["", NIL_UUID]).transform(() => undefined), actionIdSchema]).optional();

/** Ids of resources are stored in small letters. */
const resourceId = z.uuid("a UUID").toLowerCase();

/** The id of a resource of the API. */
export const resource = resourceId.refine(
  (id) => id !== NIL_UUID,
  "a UUID other than the one of zeros, which means none",
);

/** The id of a resource; absent when empty or all zeros. */
export const maybeResource = z.union([z.literal(["", NIL_UUID]).transform(() => undefined), resourceId]).optional();

/** What a caller is to hear spoken. */
export const speechText = z
  .string()
  .min(1)
  .max(32_768)
  .describe(
    'What to say: plain text, or SSML: a whole `<speak>` document, or text with elements of it, such as `<break time="1s"/>`. Any other `<` is just a sign.',
  );

/** A language as BCP 47 writes it. */
export const language = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, "a language such as `en-US`, `ko-KR` or `en`");

/** An http(s) address. */
export const webUrl = z
  .string()
  .max(2048)
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), "an http or https URL");

/** Keys of a telephone. */
export const telephoneKeys = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[0-9A-D#*]*$/, "telephone keys: 0-9, A-D, # and *");

/** Lets a rule about several fields speak though one of them is wrong already, so that every fault is told at once. */
export const isObject = ({ value }: { readonly value: unknown }): boolean =>
  typeof value === "object" && value !== null;

/** No option at all. */
export const noOption = z.strictObject({});
