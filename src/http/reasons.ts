/** Names of failure, each with the HTTP statuses it goes with. */
export const statusNames = [
  "INVALID_ARGUMENT",
  "UNAUTHENTICATED",
  "PERMISSION_DENIED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "FAILED_PRECONDITION",
  "INTERNAL",
  "UNAVAILABLE",
] as const;
export type StatusName = (typeof statusNames)[number];

export type ReasonEntry = { readonly httpStatus: number; readonly status: StatusName; readonly meaning: string };

const invalid = (meaning: string, httpStatus = 400): ReasonEntry => ({
  httpStatus,
  status: "INVALID_ARGUMENT",
  meaning,
});
const unauthenticated = (meaning: string): ReasonEntry => ({ httpStatus: 401, status: "UNAUTHENTICATED", meaning });
const missing = (meaning: string): ReasonEntry => ({ httpStatus: 404, status: "NOT_FOUND", meaning });
const precondition = (meaning: string): ReasonEntry => ({ httpStatus: 409, status: "FAILED_PRECONDITION", meaning });
const unavailable = (meaning: string): ReasonEntry => ({ httpStatus: 503, status: "UNAVAILABLE", meaning });

/** Every `reason` that an error of the API can have; `docs/errors.md` lists the same ones. */
export const reasons = {
  INVALID_JSON: invalid("The body is not JSON, or sets an object's prototype."),
  JSON_TOO_DEEP: invalid("The body nests lists and objects too deeply."),
  INVALID_BODY: invalid("Fields of the body are missing, unknown or wrong; `details` lists each."),
  INVALID_QUERY: invalid("Parameters after `?` are unknown or wrong; `details` lists each."),
  INVALID_PATH: invalid("A part of the path is not what it should be, such as an id that is no UUID."),
  INVALID_HEADER: invalid(
    "A header is not what it should be, such as an `Idempotency-Key` of more than 255 characters.",
  ),
  INVALID_PAGE_TOKEN: invalid("`page_token` is not one that a list returned as `next_page_token`."),
  INVALID_FLOW: invalid("The flow has errors; `details` lists every one, and nothing was stored."),
  UNKNOWN_FLOW: invalid("The body names a flow that you do not have; `details` says where."),
  VARIABLES_TOO_LARGE: invalid("A variable, or all of them together, exceeds its limit."),
  MALFORMED_REQUEST: invalid("The request is not proper HTTP, or came too slowly."),
  METHOD_NOT_ALLOWED: invalid("The path exists, the method does not; the header `allow` lists those that do.", 405),
  RANGE_NOT_SATISFIABLE: invalid("`Range` asks for bytes that the file does not have.", 416),
  BODY_TOO_LARGE: invalid("The body is larger than 1 MiB.", 413),
  UNSUPPORTED_CONTENT_TYPE: invalid("The body is not sent as `application/json`.", 415),
  KEY_MISSING: unauthenticated("No key: send `Authorization: Bearer KEY` or `?accesskey=KEY`."),
  KEY_UNKNOWN: unauthenticated("The key is not known, or was revoked."),
  NOT_THE_GATEWAY: {
    httpStatus: 403,
    status: "PERMISSION_DENIED",
    meaning: "It does not come from the SMS gateway: its signature, or the secret, is wrong.",
  },
  ROUTE_NOT_FOUND: missing("There is no such path; `/docs` lists them all."),
  RESOURCE_NOT_FOUND: missing("There is no such thing, or it belongs to somebody else."),
  RESOURCE_EXISTS: { httpStatus: 409, status: "ALREADY_EXISTS", meaning: "Something that must be unique is taken." },
  LAST_KEY: precondition("The last key of a customer stays: without it nobody could make another."),
  TAG_IN_USE: precondition("Somebody has the tag; `details` lists who. Take it from them first."),
  CONFBRIDGE_OWNED: precondition("The confbridge belongs to a conference, and goes with that."),
  CONFERENCECALL_OVER: precondition("The call has left the conference."),
  CONFERENCE_EMPTY: precondition("Nobody is in the conference: there is nothing to record, or to transcribe."),
  RECORDING_RUNNING: precondition("The call, or conference, is being recorded already: one recording at a time."),
  RECORDING_OVER: precondition("The recording is not running, or no longer."),
  RECORDING_NOT_FINISHED: precondition("The recording has no file yet: it is still running, or being finished."),
  QUEUECALL_LIVE: precondition("The caller is in its queue: what is known of it can be removed when it has left."),
  CHATBOTCALL_LIVE: precondition(
    "The caller talks with the chatbot: what is known of it can be removed when it is over.",
  ),
  CALL_NOT_ANSWERED: precondition("The call has not been answered: ask again when its `status` is `progressing`."),
  CALL_ENDED: precondition("The call is over, or about to be: only a new call can be talked to."),
  TRANSCRIBE_RUNNING: precondition(
    "The call, or conference, is being transcribed in that language already; stop that first.",
  ),
  TRANSCRIBE_LIVE: precondition("The transcription goes on: stop it before you remove it."),
  IDEMPOTENCY_KEY_REUSED: precondition("This `Idempotency-Key` came with another request within the last 24 hours."),
  IDEMPOTENCY_INTERRUPTED: precondition(
    "The first request with this `Idempotency-Key` was cut short: see what it has done, then use a new key.",
  ),
  UNEXPECTED: { httpStatus: 500, status: "INTERNAL", meaning: "A fault of ours; the log has it by `request_id`." },
  STORAGE_FULL: unavailable("The disk is full: nothing can be stored until somebody makes room."),
  STORAGE_READ_ONLY: unavailable("The storage is read-only: nothing can be stored until somebody changes that."),
  STORAGE_UNAVAILABLE: unavailable("The storage cannot be reached now; trying again later may help."),
  STORAGE_FAILED: unavailable("The storage failed in another way; the log has it by `request_id`."),
  SPEECH_UNAVAILABLE: unavailable("No voice could speak the text; `details` says why, for each that was tried."),
  TRANSCRIPTION_UNAVAILABLE: unavailable("No transcription provider is configured; the message says what to do."),
  RECORDING_FAILED: unavailable("Asterisk could not record the call; the log has it by `request_id`."),
  RECORDINGS_UNAVAILABLE: unavailable("The place where recordings are kept cannot be reached now, or not be used."),
  TELEPHONY_UNAVAILABLE: unavailable("Asterisk cannot be reached now; trying again later may help."),
} as const satisfies Record<string, ReasonEntry>;

export type Reason = keyof typeof reasons;
