/** Something the user has to set right: what is wrong, and what to do about it. */
export class Problem extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.name = "Problem";
    this.remedy = remedy;
  }
}
