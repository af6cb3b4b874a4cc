import { describe, expect, test } from "vitest";
import { addressPolicy } from "../../src/providers/outbound/address-policy.ts";
import { PRIVATE_ADDRESSES, PUBLIC_ADDRESSES } from "./addresses.ts";

describe("by default", () => {
  const isAllowed = addressPolicy("false");
  test.each(PRIVATE_ADDRESSES)("%s may not be asked", (address) => expect(isAllowed(address)).toBe(false));
  test.each(PUBLIC_ADDRESSES)("%s may", (address) => expect(isAllowed(address)).toBe(true));
  test.each(["", "localhost", "1.2.3", "1.2.3.4.5", "::g"])("%j is no address", (text) =>
    expect(isAllowed(text)).toBe(false),
  );
});

test("with true, everything may be asked", () => {
  expect(addressPolicy("true")("127.0.0.1")).toBe(true);
});

describe("with a list of ranges", () => {
  const isAllowed = addressPolicy("10.1.0.0/16, fd00:1::/32,192.168.7.7");
  test.each([
    ["10.1.2.3", true],
    ["::ffff:10.1.2.3", true],
    ["10.2.0.1", false],
    ["fd00:1::5", true],
    ["fd00:2::5", false],
    ["192.168.7.7", true],
    ["192.168.7.8", false],
    ["127.0.0.1", false],
    ["8.8.8.8", true],
  ])("%s: %s", (address, allowed) => expect(isAllowed(address)).toBe(allowed));
});

test.each(["yes", "", "10.0.0.0/33", "10.0.0.0/8,", "example.com"])("%j is refused as a setting", (setting) =>
  expect(() => addressPolicy(setting)).toThrow("true, false or CIDRs"),
);
