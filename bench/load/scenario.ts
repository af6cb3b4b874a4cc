/** What the callers of the benchmark do, as SIPp understands it. */

/** A caller that hears a prompt, presses 1 by SIP INFO, and is hung up on after the next prompt. */
export const menuCaller = (thinkMs: number): string =>
  scenario(`<pause milliseconds="${thinkMs}"/>
  <send retrans="500"><![CDATA[
    INFO [next_url] SIP/2.0
    ${headers("2 INFO", "[peer_tag_param]")}
    Content-Type: application/dtmf-relay
    Content-Length: [len]

    Signal=1
    Duration=100
  ]]></send>
  <recv response="200"/>
  <recv request="BYE"/>
  <send><![CDATA[
    SIP/2.0 200 OK
    [last_Via:]
    [last_From:]
    [last_To:]
    [last_Call-ID:]
    [last_CSeq:]
    Content-Length: 0

  ]]></send>`);

/** A caller that stays on the line for so long, and hangs up. */
export const patientCaller = (stayMs: number): string =>
  scenario(`<pause milliseconds="${stayMs}"/>
  <send retrans="500"><![CDATA[
    BYE [next_url] SIP/2.0
    ${headers("2 BYE", "[peer_tag_param]")}
    Content-Length: 0

  ]]></send>
  <recv response="200"/>`);

/** `rrs` on the answer: without it `[next_url]` would be empty. */
const scenario = (afterAnswer: string): string => `<?xml version="1.0"?>
<scenario name="bench">
  <send retrans="500"><![CDATA[
    INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    ${headers("1 INVITE", "")}
    Content-Type: application/sdp
    Content-Length: [len]

    v=0
    o=- 1 1 IN IP4 [media_ip]
    s=-
    c=IN IP4 [media_ip]
    t=0 0
    m=audio [media_port] RTP/AVP 0
    a=rtpmap:0 PCMU/8000
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rrs="true"/>
  <send><![CDATA[
    ACK [next_url] SIP/2.0
    ${headers("1 ACK", "[peer_tag_param]")}
    Content-Length: 0

  ]]></send>
  ${afterAnswer}
</scenario>
`;

const headers = (sequence: string, toTag: string): string =>
  [
    "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
    "From: <sip:bench@[local_ip]:[local_port]>;tag=[call_number]",
    `To: <sip:[service]@[remote_ip]>${toTag}`,
    "Call-ID: [call_id]",
    `CSeq: ${sequence}`,
    "Contact: <sip:bench@[local_ip]:[local_port]>",
    "Max-Forwards: 70",
  ].join("\n    ");
