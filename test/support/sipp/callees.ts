/** What SIPp's callees do, step by step. */
import { AUDIO_CONTENT, CONTACT, ownHeaders, request, response, scenario } from "./scenario.ts";

const TAG = { tag: ";tag=[call_number]" } as const;

/** Somebody who is called: takes the INVITE, and does this. */
export const calleeScenario = (...steps: readonly string[]): string =>
  scenario("callee", [
    `<recv request="INVITE" rrs="true"><action>
    <ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="sequence"/>
    <ereg regexp=".+" search_in="hdr" header="From:" assign_to="caller"/>
  </action></recv>`,
    ...steps,
    // It refuses variables that nobody reads.
    '<Reference variables="sequence,caller"/>',
  ]);

export const rings = response("180 Ringing", TAG);
export const progresses = response("183 Session Progress", { ...TAG, headers: [CONTACT], content: AUDIO_CONTENT });

/** Says no, perhaps with a reason such as `Q.850;cause=19`. */
export const refuses = (status: number, reason?: string): string =>
  `${final(`${status} No`, { headers: reason === undefined ? [] : [`Reason: ${reason}`] })}
  <recv request="ACK"/>`;

/** Goes on with what it does until the caller gives up. */
export const isTakenBack = `<recv request="CANCEL"/>
  ${response("200 OK", TAG)}
  ${final("487 Request Terminated", { sequence: "CSeq: [$sequence] INVITE" })}
  <recv request="ACK"/>`;

/** Goes on with what it does for longer than any test, whatever the caller does: to be killed. */
export const goesOn = '<pause milliseconds="600000"/>';

export const answers = `${final("200 OK", { headers: [CONTACT], content: AUDIO_CONTENT })}
  <recv request="ACK"/>`;

export const isHungUp = `<recv request="BYE"/>
  ${response("200 OK")}`;

/** Hangs up, perhaps with a reason, when so much has been talked. */
export const hangsUp = (talkMs: number, reason?: string): string => `<pause milliseconds="${talkMs}"/>
  ${request(
    ["BYE", "[next_url]"],
    [
      ...ownHeaders("1 BYE", "[$caller]", "<sip:[service]@[local_ip]>"),
      ...(reason === undefined ? [] : [`Reason: ${reason}`]),
    ],
  )}
  <recv response="200"/>`;

function final(status: string, more: Parameters<typeof response>[1]): string {
  return response(status, { ...TAG, ...more, repeats: true });
}
