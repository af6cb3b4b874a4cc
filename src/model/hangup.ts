/**
 * Why calls end: the reasons we record, and how they map to Q.850 causes and SIP statuses
 * (ITU-T Q.850; RFC 3398; Asterisk's chan_pjsip for the SIP side).
 */
export const hangupReasons = ["normal", "failed", "busy", "cancel", "timeout", "noanswer", "dialout", "amd"] as const;
export type HangupReason = (typeof hangupReasons)[number];

export const hangupParties = ["local", "remote"] as const;
export type HangupBy = (typeof hangupParties)[number];

/** Q.850 causes that we use by name. */
export const Cause = {
  UNALLOCATED_NUMBER: 1,
  NO_ROUTE: 3,
  NORMAL_CLEARING: 16,
  USER_BUSY: 17,
  NO_USER_RESPONDING: 18,
  NO_ANSWER: 19,
  SUBSCRIBER_ABSENT: 20,
  CALL_REJECTED: 21,
  ANSWERED_ELSEWHERE: 26,
  INVALID_NUMBER: 28,
  NO_CIRCUIT: 34,
  NETWORK_OUT_OF_ORDER: 38,
  SWITCH_CONGESTION: 42,
} as const;

/** The Q.850 cause that a hangup for this reason carries. */
export const causeOf: Readonly<Record<HangupReason, number>> = {
  normal: Cause.NORMAL_CLEARING,
  cancel: Cause.NORMAL_CLEARING,
  timeout: Cause.NORMAL_CLEARING,
  amd: Cause.NORMAL_CLEARING,
  failed: Cause.NO_USER_RESPONDING,
  busy: Cause.USER_BUSY,
  noanswer: Cause.NO_ANSWER,
  dialout: Cause.NO_ANSWER,
};

/** Plain words for a Q.850 cause, for the timeline. */
export function causeInWords(cause: number): string {
  return CAUSE_WORDS[cause] ?? `cause ${cause}`;
}

const CAUSE_WORDS: Readonly<Record<number, string>> = {
  0: "unknown",
  1: "unallocated number",
  3: "no route to destination",
  16: "normal clearing",
  17: "user busy",
  18: "no user responding",
  19: "no answer",
  20: "subscriber absent",
  21: "call rejected",
  22: "number changed",
  26: "answered elsewhere",
  27: "destination out of order",
  28: "invalid number format",
  31: "normal, unspecified",
  34: "no circuit available: the host is not found, or takes no calls now",
  38: "network out of order",
  41: "temporary failure",
  42: "switch congestion",
  58: "bearer capability not available",
  127: "interworking",
};
