import { z } from "zod";

/** A telephone number of anywhere, E.164: `+4930123456`. */
const TELEPHONE_NUMBER = /^\+[1-9]\d{1,14}$/;

export const telephoneNumberSchema = z.string().regex(TELEPHONE_NUMBER, "a number in E.164, such as +4930123456");

export const isTelephoneNumber = (text: string): boolean => TELEPHONE_NUMBER.test(text);

/** The beginning of telephone numbers; `+`, like nothing at all, is that of every one. */
export const telephonePrefixSchema = z
  .string()
  .regex(/^(\+([1-9]\d{0,14})?)?$/, "the beginning of a number in E.164, such as +49, or + for every number");

/** How many digits of the number a prefix says; undefined when it begins otherwise. */
export function digitsMatched(number: string, prefix: string): number | undefined {
  return number.startsWith(prefix) ? Math.max(0, prefix.length - 1) : undefined;
}
