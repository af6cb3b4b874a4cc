import { expect, test } from "vitest";
import { trunkDocumentSchema } from "../../src/model/trunk.ts";

const parse = (changes: object) =>
  trunkDocumentSchema.safeParse({ name: "carrier", host: "sip.example.com", ...changes });
const faultyFields = (changes: object) => (parse(changes).error?.issues ?? []).map(({ path }) => path.join("."));

test("a name and a host are enough", () => {
  expect(parse({}).data).toEqual({
    name: "carrier",
    host: "sip.example.com",
    port: 5060,
    transport: "udp",
    username: null,
    password: null,
    register: false,
    prefixes: [],
    priority: 0,
    max_calls: null,
    max_calls_per_second: null,
    caller_id: null,
    from_user: null,
    from_domain: null,
    detail: "",
  });
});

test.each([
  ["carrier", "carrier"],
  ["SIP.Example.COM", "sip.example.com"],
  ["a-b.c1.example", "a-b.c1.example"],
  ["3cx.example", "3cx.example"],
  ["192.0.2.10", "192.0.2.10"],
  ["127.0.0.1", "127.0.0.1"],
  [`${"a".repeat(63)}.example`, `${"a".repeat(63)}.example`],
])("host %s is taken as %s", (host, stored) => {
  expect(parse({ host }).data?.host).toBe(stored);
});

test.each([
  "",
  " ",
  "a b",
  "sip.example.com ",
  "sip.example.com\n",
  "sip.example.com\ncontact=sip:x",
  "sip.example.com;transport=tcp",
  "sip.example.com:5060",
  "user@sip.example.com",
  "sip:sip.example.com",
  "[2001:db8::1]",
  "2001:db8::1",
  "a|b",
  "a,b",
  "a/b",
  "a%b",
  "${EXTEN}",
  "-a.example",
  "a-.example",
  "a..example",
  ".example",
  "example.",
  "a_b.example",
  "ünicode.example",
  "256.1.1.1",
  "1.2.3",
  "1.2.3.4.5",
  "1.2.3.04",
  "12345",
  "example.123",
  "0.0.0.0",
  "0.1.2.3",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "192.0.2.0/24",
  `${"a".repeat(64)}.example`,
  `${"a.".repeat(127)}aa`,
  null,
  5,
])("host %j is refused", (host) => {
  expect(faultyFields({ host })).toEqual(["host"]);
  expect(faultyFields({ from_domain: host ?? 5 })).toEqual(["from_domain"]);
});

test.each([
  [{ port: 0 }, "port"],
  [{ port: 65_536 }, "port"],
  [{ port: "5060" }, "port"],
  [{ transport: "tls" }, "transport"],
  [{ transport: "ws" }, "transport"],
  [{ prefixes: ["49"] }, "prefixes.0"],
  [{ prefixes: ["+049"] }, "prefixes.0"],
  [{ prefixes: ["+49", "+4*"] }, "prefixes.1"],
  [{ prefixes: "+49" }, "prefixes"],
  [{ priority: -1 }, "priority"],
  [{ priority: 1.5 }, "priority"],
  [{ max_calls: 0 }, "max_calls"],
  [{ max_calls_per_second: 0.5 }, "max_calls_per_second"],
  [{ caller_id: "030123" }, "caller_id"],
  [{ from_user: "a b" }, "from_user"],
  [{ from_user: "a@b" }, "from_user"],
  [{ username: 'a"b', password: "secret" }, "username"],
  [{ username: "a\r\nb", password: "secret" }, "username"],
  [{ username: "anna", password: "a\nb" }, "password"],
  [{ username: "anna" }, "password"],
  [{ password: "secret" }, "username"],
  [{ username: "anna", password: null, register: true }, "password"],
  [{ name: "" }, "name"],
  [{ hostname: "x" }, ""],
])("%j is refused", (changes, field) => {
  expect(faultyFields(changes)).toEqual([field]);
});

test("who registers needs a username and a password", () => {
  expect(faultyFields({ register: true })).toEqual(["username", "password"]);
  expect(faultyFields({ register: true, username: "anna", password: "my secret" })).toEqual([]);
});

test.each([["+"], [""], ["+49"], ["+4930123456"]])("prefix %j is taken", (prefix) => {
  expect(parse({ prefixes: [prefix] }).data?.prefixes).toEqual([prefix]);
});
