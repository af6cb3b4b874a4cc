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
  ${response("200 OK")}`);

/** A caller that stays on the line for so long, and hangs up. */
export const patientCaller = (stayMs: number): string =>
  scenario(`<pause milliseconds="${stayMs}"/>
  ${bye}`);

/** A file of speech beside the scenario, as SIPp sends it: 8 kHz of mu-law. */
export const VOICE_FILE = "voice.pcmu";

/** A caller that speaks and hears for so long, and hangs up. */
export const talkingCaller = (talkMs: number): string =>
  scenario(
    `${speak}
  <pause milliseconds="${talkMs}"/>
  ${bye}`,
    phoneAudio(),
  );

/** Whom calls are put through to: rings, answers, speaks, and is hung up on. */
export const talkingCallee = (ringMs: number): string => `<?xml version="1.0"?>
<scenario name="callee">
  <recv request="INVITE"/>
  ${response("180 Ringing", OWN_TAG)}
  <pause milliseconds="${ringMs}"/>
  ${response("200 OK", OWN_TAG, phoneAudio())}
  <recv request="ACK"/>
  ${speak}
  <recv request="BYE"/>
  ${response("200 OK")}
</scenario>
`;

/** `rrs` on the answer: without it `[next_url]` would be empty. */
const scenario = (afterAnswer: string, audio = plainAudio()): string => `<?xml version="1.0"?>
<scenario name="bench">
  <send retrans="500"><![CDATA[
    INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    ${headers("1 INVITE", "")}
    Content-Type: application/sdp
    Content-Length: [len]

    ${audio}
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

const bye = `<send retrans="500"><![CDATA[
    BYE [next_url] SIP/2.0
    ${headers("2 BYE", "[peer_tag_param]")}
    Content-Length: 0

  ]]></send>
  <recv response="200"/>`;

/** Audio without key events: keys are pressed by SIP INFO. */
const plainAudio = () => sdp("media_port", { payloads: "0" });

/** What phones offer: audio with key events (RFC 4733). */
const phoneAudio = () =>
  sdp("rtpstream_audio_port", { payloads: "0 101", more: ["a=rtpmap:101 telephone-event/8000"] });

type Payloads = { readonly payloads: string; readonly more?: readonly string[] };

const sdp = (audioPort: string, { payloads, more = [] }: Payloads): string =>
  [
    "v=0",
    "o=- 1 1 IN IP4 [media_ip]",
    "s=-",
    "c=IN IP4 [media_ip]",
    "t=0 0",
    `m=audio [${audioPort}] RTP/AVP ${payloads}`,
    "a=rtpmap:0 PCMU/8000",
    ...more,
    "a=ptime:20",
  ].join("\n    ");

const OWN_TAG = ";tag=[call_number]";

const response = (status: string, toTag = "", body = ""): string => `<send><![CDATA[
    SIP/2.0 ${status}
    [last_Via:]
    [last_From:]
    [last_To:]${toTag}
    [last_Call-ID:]
    [last_CSeq:]
    Contact: <sip:callee@[local_ip]:[local_port]>
    Content-Length: [len]${body && "\n    Content-Type: application/sdp"}

    ${body}
  ]]></send>`;

/** Over and over, until the call ends. */
const speak = `<nop><action><exec rtp_stream="${VOICE_FILE},-1,0"/></action></nop>`;
