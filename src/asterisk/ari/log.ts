type Write = (fact: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Where this folder reports what happens to the connection; facts with fields, never secrets or numbers. */
export interface AriLog {
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}
