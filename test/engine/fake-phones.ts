import type { Phones } from "../../src/ports/phones.ts";

/** Phones as the test registers them: URIs by account. */
export type FakePhones = Phones & { readonly registered: Map<string, readonly string[]> };

export function fakePhones(): FakePhones {
  const registered = new Map<string, readonly string[]>();
  return { registered, of: async (extension) => registered.get(extension) ?? [] };
}
