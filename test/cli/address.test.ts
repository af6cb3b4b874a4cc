import { expect, test } from "vitest";
import { readAddress } from "../../src/cli/address.ts";

const ID = "00000000-0000-4000-8000-000000000001";

test.each([
  ["sip:ann@example.com", { type: "sip", target: "sip:ann@example.com" }],
  ["sips:ann@example.com:5061", { type: "sip", target: "sips:ann@example.com:5061" }],
  ["+49 30 (123) 456-7", { type: "tel", target: "+49301234567" }],
  ["tel:+4930123", { type: "tel", target: "+4930123" }],
  ["1001", { type: "extension", target: "", target_name: "1001" }],
  ["extension:1001", { type: "extension", target: "", target_name: "1001" }],
  [`extension:${ID}`, { type: "extension", target: ID }],
  [`agent:${ID}`, { type: "agent", target: ID }],
])("%s", (written, address) => {
  expect(readAddress(written)).toEqual(address);
});

test.each(["", " ", "sip:", "nobody@example.com", "planet:mars", "extension:", "+", "a b"])("%j is none", (written) => {
  expect(() => readAddress(written)).toThrow("is no address");
});
