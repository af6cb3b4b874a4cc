/** Who writes texts by SIPp, and who reads them. */
import { CONTACT, ownHeaders, request, response, scenario, withBody } from "./scenario.ts";

export type SippAccount = { readonly user: string; readonly password: string };

type Line = readonly [method: string, uri: string];

/** Makes the account known at the server, and where it can be reached. */
export const registrationScenario = (account: SippAccount): string => {
  const headers = (sequence: string) => [...ownHeaders(sequence, addressOf(account), addressOf(account)), CONTACT];
  return scenario("registration", [
    ...challenged(["REGISTER", "sip:[remote_ip]:[remote_port]"], headers, account),
    '<recv response="200"/>',
  ]);
};

/** Writes a text to the number: with an account, or as somebody who reads at the usual port of the same address. */
export const writerScenario = (text: string, account?: SippAccount): string => {
  const line: Line = ["MESSAGE", "sip:[service]@[remote_ip]:[remote_port]"];
  const from = account ? addressOf(account) : "<sip:sipp@[local_ip]>";
  const headers = (sequence: string) => ownHeaders(sequence, "<sip:[service]@[remote_ip]>", from);
  const content = withBody("text/plain;charset=UTF-8", text);
  return scenario("writer", [
    ...(account ? challenged(line, headers, account, content) : [request(line, headers("1 MESSAGE"), content)]),
    '<recv response="202"/>',
  ]);
};

/** Reads one text. */
export const readerScenario = scenario("reader", [
  '<recv request="MESSAGE"/>',
  response("200 OK", { tag: ";tag=[call_number]" }),
]);

const addressOf = ({ user }: SippAccount): string => `<sip:${user}@[remote_ip]>`;

/** A request that is refused at first, and sent again with a proof of who it is. */
const challenged = (
  line: Line,
  headers: (sequence: string) => readonly string[],
  { user, password }: SippAccount,
  content?: string,
): readonly string[] => [
  request(line, headers(`1 ${line[0]}`), content),
  '<recv response="401" auth="true"/>',
  request(line, [...headers(`2 ${line[0]}`), `[authentication username=${user} password=${password}]`], content),
];
