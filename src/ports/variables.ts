/** Variables of an activeflow. Undefined names read as the empty string when substituted, as `undefined` here. */
export interface Variables {
  get(name: string): string | undefined;
  /** @throws VariableLimitError when the value or the whole set would become too large. */
  set(name: string, value: string): void;
  /** Sets all of these, or none. @throws VariableLimitError */
  setAll(values: Iterable<readonly [name: string, value: string]>): void;
  /** Makes these undefined again. */
  remove(names: Iterable<string>): void;
  /** Every variable as it is now. */
  all(): Readonly<Record<string, string>>;
}

/** A value over 32 KiB, or more than 256 KiB in all (both configurable). */
export class VariableLimitError extends Error {
  override readonly name = "VariableLimitError";
  readonly variable: string;
  readonly limitBytes: number;

  constructor(variable: string, limitBytes: number) {
    super(`variable "${variable}" would exceed ${limitBytes} bytes: shorten the value, or remove others`);
    this.variable = variable;
    this.limitBytes = limitBytes;
  }
}
