import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Peer } from "./sip/socket.ts";

/** How a SIPp run ended, with every SIP message in it. */
export type SippResult = { readonly passed: boolean; readonly messages: string; readonly errors: string };

const run = promisify(execFile);
const TIMEOUT_SECONDS = 30;

/** Runs a SIPp scenario against a server: the second opinion on our own phone's signalling. */
export const runSipp = async (options: {
  scenario: string;
  address: string;
  server: Peer;
  number: string;
  calls?: number;
  callsPerSecond?: number;
  timeoutSeconds?: number;
}): Promise<SippResult> => {
  const {
    scenario,
    address,
    server,
    number,
    calls = 1,
    callsPerSecond = 1,
    timeoutSeconds = TIMEOUT_SECONDS,
  } = options;
  const directory = await mkdtemp(join(tmpdir(), "sipp-"));
  const [scenarioFile, messageFile] = [join(directory, "scenario.xml"), join(directory, "messages.log")];
  await writeFile(scenarioFile, scenario);
  // biome-ignore format: an option and its value to a line
  const parameters = [
    "-sf", scenarioFile,
    "-s", number,
    "-i", address, "-p", "5060", "-mi", address,
    "-m", String(calls), "-r", String(callsPerSecond), "-l", String(calls),
    "-timeout", `${timeoutSeconds}s`, "-timeout_error", "-nostdin",
    "-trace_msg", "-message_file", messageFile,
    `${server.address}:${server.port}`,
  ];
  try {
    // Without a terminal it draws its screens into the output; nobody reads them.
    const end = run("sipp", parameters, { cwd: directory, env: { ...process.env, TERM: "dumb" } });
    const { passed, errors } = await end.then(
      () => ({ passed: true, errors: "" }),
      (error: Error & { stderr?: string }) => ({ passed: false, errors: `${error.message}\n${error.stderr ?? ""}` }),
    );
    const messages = await readFile(messageFile, "utf8").catch(() => "");
    return { passed, messages, errors };
  } finally {
    await rm(directory, { recursive: true });
  }
};

const AUDIO = `v=0
    o=- 1 1 IN IP4 [media_ip]
    s=-
    c=IN IP4 [media_ip]
    t=0 0
    m=audio [media_port] RTP/AVP 0 8 96
    a=rtpmap:0 PCMU/8000
    a=rtpmap:8 PCMA/8000
    a=rtpmap:96 telephone-event/8000`;

/** A caller that is answered, presses keys and waits for the other side's BYE, or hangs up after `talkMs`. */
export const callerScenario = ({ keys = "", talkMs }: { keys?: string; talkMs?: number }): string =>
  scenarioOf("caller", [
    '<recv response="200" rrs="true"/>',
    inDialog("ACK"),
    keys ? `<nop><action><exec play_dtmf="${keys}"/></action></nop>` : "",
    talkMs === undefined
      ? WAIT_FOR_BYE
      : `<pause milliseconds="${talkMs}"/>\n  ${inDialog("BYE")}\n  <recv response="200"/>`,
  ]);

/** A caller that is refused with one of these statuses; any other answer fails. */
export const refusedScenario = (statuses: readonly number[]): string =>
  scenarioOf("refused", [
    ...statuses.map((status, index) => {
      const optional = index < statuses.length - 1 ? 'optional="true" ' : "";
      return `<recv response="${status}" ${optional}next="1"/>`;
    }),
    '<label id="1"/>',
    `<send><![CDATA[
    ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    [last_Via:]
    [last_From:]
    [last_To:]
    [last_Call-ID:]
    CSeq: [cseq] ACK
    Max-Forwards: 70
    Content-Length: 0

  ]]></send>`,
  ]);

/** An INVITE, whatever is told before the final answer, and then these steps. */
const scenarioOf = (name: string, steps: readonly string[]): string =>
  `<?xml version="1.0"?>
<scenario name="${name}">
  <send retrans="500"><![CDATA[
    INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    ${dialogHeaders("[cseq] INVITE", "<sip:[service]@[remote_ip]>")}
    Content-Type: application/sdp
    Content-Length: [len]

    ${AUDIO}
  ]]></send>
  ${[100, 180, 183].map((status) => `<recv response="${status}" optional="true"/>`).join("\n  ")}
  ${steps.join("\n  ")}
</scenario>
`;

/** The address of the answer (`[next_url]`) needs `rrs` on the 200; without it ACK and BYE would be empty. */
const inDialog = (method: string): string =>
  `<send${method === "ACK" ? "" : ' retrans="500"'}><![CDATA[
    ${method} [next_url] SIP/2.0
    ${dialogHeaders(`[cseq] ${method}`, "<sip:[service]@[remote_ip]>[peer_tag_param]")}
    Content-Length: 0

  ]]></send>`;

const dialogHeaders = (sequence: string, to: string): string =>
  [
    "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
    "From: <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]",
    `To: ${to}`,
    "Call-ID: [call_id]",
    `CSeq: ${sequence}`,
    "Contact: <sip:sipp@[local_ip]:[local_port]>",
    "Max-Forwards: 70",
  ].join("\n    ");

const accept = (content: string): string => `<send><![CDATA[
    SIP/2.0 200 OK
    [last_Via:]
    [last_From:]
    [last_To:]
    [last_Call-ID:]
    [last_CSeq:]
    Contact: <sip:sipp@[local_ip]:[local_port]>
    ${content}

  ]]></send>`;

/** Meanwhile the other side may ask for the audio again: whose it is changes when it is connected with somebody. */
const WAIT_FOR_BYE = `<label id="1"/>
  <recv request="INVITE" optional="true" next="2"/>
  <recv request="BYE" next="3"/>
  <label id="2"/>
  ${accept(`Content-Type: application/sdp
    Content-Length: [len]

    ${AUDIO}`)}
  <recv request="ACK" next="1"/>
  <label id="3"/>
  ${accept("Content-Length: 0")}`;
