/** What SIPp's callers do. */
import { AUDIO_CONTENT, CONTACT, ownHeaders, request, response, scenario } from "./scenario.ts";

/** A caller that is answered, presses keys and waits for the other side's BYE, or hangs up after `talkMs`. */
export const callerScenario = ({ keys = "", talkMs }: { keys?: string; talkMs?: number }): string =>
  scenario("caller", [
    ...invite,
    '<recv response="200" rrs="true"/>',
    inDialog("ACK"),
    keys ? `<nop><action><exec play_dtmf="${keys}"/></action></nop>` : "",
    talkMs === undefined
      ? WAIT_FOR_BYE
      : `<pause milliseconds="${talkMs}"/>\n  ${inDialog("BYE")}\n  <recv response="200"/>`,
  ]);

/** A caller that is refused with one of these statuses; any other answer fails. */
export const refusedScenario = (statuses: readonly number[]): string =>
  scenario("refused", [
    ...invite,
    ...statuses.map((status, index) => {
      const optional = index < statuses.length - 1 ? 'optional="true" ' : "";
      return `<recv response="${status}" ${optional}next="1"/>`;
    }),
    '<label id="1"/>',
    request(
      ["ACK", "sip:[service]@[remote_ip]:[remote_port]"],
      ["[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", "CSeq: [cseq] ACK", "Max-Forwards: 70"],
    ),
  ]);

/** An INVITE, and whatever is told before the final answer. */
const invite: readonly string[] = [
  request(
    ["INVITE", "sip:[service]@[remote_ip]:[remote_port]"],
    [...ownHeaders("[cseq] INVITE", "<sip:[service]@[remote_ip]>"), CONTACT],
    AUDIO_CONTENT,
  ),
  ...[100, 180, 183].map((status) => `<recv response="${status}" optional="true"/>`),
];

/** The address of the answer (`[next_url]`) needs `rrs` on the 200; without it ACK and BYE would be empty. */
const inDialog = (method: string): string =>
  request([method, "[next_url]"], ownHeaders(`[cseq] ${method}`, "<sip:[service]@[remote_ip]>[peer_tag_param]"));

/** Meanwhile the other side may ask for the audio again: whose it is changes when it is connected with somebody. */
const WAIT_FOR_BYE = `<label id="1"/>
  <recv request="INVITE" optional="true" next="2"/>
  <recv request="BYE" next="3"/>
  <label id="2"/>
  ${response("200 OK", { headers: [CONTACT], content: AUDIO_CONTENT })}
  <recv request="ACK" next="1"/>
  <label id="3"/>
  ${response("200 OK")}`;
