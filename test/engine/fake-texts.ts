import type { IncomingText, TextMessages } from "../../src/ports/text-messages.ts";

/** Texts that come in as the test has them come. */
export type FakeTexts = Pick<TextMessages, "onText"> & { comesIn(text: IncomingText): Promise<void> };

export function fakeTexts(): FakeTexts {
  let listener: Parameters<TextMessages["onText"]>[0] = async () => {};
  return {
    onText(listen) {
      listener = listen;
    },
    comesIn: (text) => listener(text),
  };
}
