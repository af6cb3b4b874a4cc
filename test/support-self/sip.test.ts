import { expect, test } from "vitest";
import { answerChallenge } from "../support/sip/digest.ts";
import { formatSip, header, headers, hostOf, parameter, parseSip, responseTo, uriOf } from "../support/sip/message.ts";
import { formatSdp, parseSdp } from "../support/sip/sdp.ts";

const invite = [
  "INVITE sip:100@127.0.0.1 SIP/2.0",
  "Via: SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bK1",
  "v: SIP/2.0/UDP 127.0.0.3:5060;branch=z9hG4bK2",
  'From: "Sales" <sip:200@127.0.0.2;user=phone>;tag=a1',
  "t: <sip:100@127.0.0.1>",
  "i: 1@x",
  "CSEQ: 7 INVITE",
  "",
  "v=0\r\n",
].join("\r\n");
const request = parseSip(invite);

test("a request is read with compact names and repeated headers", () => {
  if (request?.kind !== "request") throw new Error("not a request");
  expect(request).toMatchObject({ method: "INVITE", uri: "sip:100@127.0.0.1", body: "v=0\r\n" });
  expect(headers(request, "Via").map((via) => parameter(via, "branch"))).toEqual(["z9hG4bK1", "z9hG4bK2"]);
  expect(uriOf(header(request, "from"))).toBe("sip:200@127.0.0.2;user=phone");
  expect(header(request, "Call-ID")).toBe("1@x");
});

test("a response copies what ties it to its request, and tags its own end", () => {
  if (request?.kind !== "request") throw new Error("not a request");
  const response = parseSip(formatSip(responseTo(request, { status: 486, tag: "b2" })));
  expect(response).toMatchObject({ kind: "response", status: 486, phrase: "Busy Here" });
  if (!response) throw new Error("not a response");
  expect(headers(response, "Via")).toHaveLength(2);
  expect(parameter(header(response, "To"), "tag")).toBe("b2");
  expect(header(response, "Content-Length")).toBe("0");
});

test.each(["", "\r\n\r\n", "\0", "GET / HTTP/1.1\r\n\r\n"])("what is not SIP is nobody's message: %j", (text) => {
  expect(parseSip(text)).toBeUndefined();
});

test.each([
  ["sip:100@127.0.0.1", "127.0.0.1", 5060],
  ["sip:127.0.0.2:5070;lr", "127.0.0.2", 5070],
  ["sip:a@127.0.0.3:5080;transport=udp", "127.0.0.3", 5080],
])("%s points to %s:%i", (uri, address, port) => {
  expect(hostOf(uri)).toEqual({ address, port });
});

test("an offer survives the wire", () => {
  const text = formatSdp({
    address: "127.0.0.2",
    port: 4000,
    codecs: ["g722", "pcmu"],
    eventPayloadType: 101,
    version: 1,
  });
  const offer = { address: "127.0.0.2", port: 4000, eventPayloadType: 101, direction: "sendrecv" };
  expect(parseSdp(text)).toEqual({ ...offer, codec: "g722" });
  expect(parseSdp(text, ["pcmu"])).toEqual({ ...offer, codec: "pcmu" });
  expect(parseSdp(text, ["pcma"])).toBeUndefined();
});

test("the digest is that of RFC 2069", () => {
  const challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"';
  const proof = answerChallenge(challenge, { user: "Mufasa", password: "CircleOfLife" }, "GET", "/dir/index.html");
  expect(proof).toContain('response="1949323746fe6a43ef61f9606e7febea"');
});
