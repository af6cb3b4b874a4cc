/** Something that a caller can be made to hear. */
export type Media =
  /** A sound or tone that the telephony switch has itself: `sound:beep`, `tone:ring`. */
  | { readonly kind: "builtin"; readonly uri: string }
  /** Audio of ours, known by the hash of its content; the switch fetches it from the media server. */
  | { readonly kind: "audio"; readonly id: string };

/** `wav` is 8 kHz, `wav16` 16 kHz; both 16 bit, mono. The names are those by which the switch knows them. */
export type AudioFormat = "wav" | "wav16";

/** Audio of ours as files, for whoever serves them. */
export interface AudioFiles {
  /** The path of the file; undefined when there is no such audio. */
  find(id: string, format: AudioFormat): Promise<string | undefined>;
}

/** A URL gave no audio; the message never names more of it than its host. */
export class MediaError extends Error {
  override readonly name = "MediaError";
  /** Without what may be secret in it: user, password and query. */
  readonly url: string;
  readonly reason: MediaFault;
  /** What can be done about it. */
  readonly remedy: string;

  constructor(
    url: string,
    reason: MediaFault,
    message: string,
    { remedy = REMEDIES[reason], ...options }: ErrorOptions & { readonly remedy?: string } = {},
  ) {
    super(message, options);
    this.url = url;
    this.reason = reason;
    this.remedy = remedy;
  }
}

const REMEDIES: Readonly<Record<MediaFault, string>> = {
  refused: "give a URL that anybody may fetch; RINGDOWN_ALLOW_PRIVATE_URLS says which private addresses may be asked",
  not_found: "give a URL at which there is audio",
  too_large: "give audio that is smaller, or shorter",
  timeout: "see why the server there is slow; RINGDOWN_PLAY_DEADLINE_MS says how long it is waited for",
  not_audio: "give WAV, MP3, OGG or FLAC",
  unreachable: "see that a server answers there, and that this machine can reach it",
  not_finished: "stop the recording before you play it, with recording_stop",
};
export type MediaFault =
  | "refused"
  | "not_found"
  | "too_large"
  | "timeout"
  | "not_audio"
  | "unreachable"
  | "not_finished";

/** Where audio of users comes from. */
export interface MediaLibrary {
  /** Fetches (or finds) the audio behind an http(s) URL, any rate or channel count. @throws MediaError */
  fetch(url: string, signal: AbortSignal): Promise<Media>;
}
