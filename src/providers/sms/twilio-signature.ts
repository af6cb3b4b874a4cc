import { createHmac, timingSafeEqual } from "node:crypto";

/** Whether Twilio has signed it: HMAC-SHA1 of the address and all parameters in order, with the account's token. */
export function isSigned(
  {
    url,
    parameters,
    signature,
  }: { readonly url: string; readonly parameters: URLSearchParams; readonly signature: string },
  token: string,
): boolean {
  const given = Buffer.from(signature);
  return variantsOf(url).some((each) => {
    const expected = Buffer.from(signatureOf(each, parameters, token));
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
}

/** The signature that Twilio would give. */
export function signatureOf(url: string, parameters: URLSearchParams, token: string): string {
  const names = [...new Set(parameters.keys())].sort();
  const values = (name: string) => [...new Set(parameters.getAll(name))].sort();
  const signed = names.flatMap((name) => values(name).map((value) => name + value)).join("");
  return createHmac("sha1", token)
    .update(url + signed)
    .digest("base64");
}

/** With and without the port that the scheme has anyway: Twilio signs either. */
function variantsOf(text: string): readonly string[] {
  const { protocol, host, port, pathname, search } = new URL(text);
  if (port !== "") return [text];
  return [text, `${protocol}//${host}:${protocol === "https:" ? 443 : 80}${pathname}${search}`];
}
