import { type Address, addressTypes } from "../model/address.ts";
import { UsageError } from "./refusal.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A party as people write it: `sip:ann@example.com`, `+49 30 123456`, `1001`, `extension:1001`. @throws UsageError */
export function readAddress(written: string): Address {
  const text = written.trim();
  if (/^sips?:./i.test(text)) return { type: "sip", target: text };
  if (/^(tel:)?\+[\d\s().-]+$/i.test(text)) return { type: "tel", target: text.replace(/[^+\d]/g, "") };
  if (/^[\w*#.-]+$/.test(text)) return extension(text);
  const [type, target] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
  if (type === "extension" && target !== "") return extension(target);
  const known = addressTypes.find((name) => name === type);
  if (known && target !== "") return { type: known, target };
  throw new UsageError(
    `${JSON.stringify(written)} is no address; write sip:user@host, +4930123456 for a telephone number, 1001 for an extension, or agent:ID`,
  );
}

/** An extension by its number, or by the id that the API gave it. */
const extension = (name: string): Address =>
  UUID.test(name) ? { type: "extension", target: name } : { type: "extension", target: "", target_name: name };

/** An address in a word. */
export const addressInWords = ({ type, target, target_name }: Address): string => {
  const shown = target_name || target || "?";
  return type === "tel" || type === "extension" || shown.startsWith("sip") ? shown : `${type}:${shown}`;
};
