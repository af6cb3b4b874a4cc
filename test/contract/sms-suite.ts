import { describe, expect, test } from "vitest";
import type { Sms, SmsGateway, SmsOutcome } from "../../src/ports/sms-gateway.ts";
import type { TwilioTrouble } from "../support/twilio-server.ts";
import { never } from "./media-parts.ts";

/** A gateway, what its server has got, and how to bring that into trouble. */
export type SmsSubject = {
  readonly gateway: SmsGateway;
  readonly sent: () => readonly { readonly from: string; readonly to: string; readonly text: string }[];
  readonly begin: (trouble: TwilioTrouble | undefined) => void;
  readonly wrongCredentials: SmsGateway;
  readonly nobodyThere: SmsGateway;
  /** What a user is told to look at. */
  readonly remedy: RegExp;
};

/** No word about whose number or words it was may be needed to tell it from another. */
const sms: Sms = {
  key: "7f1c2d0e-4a57-4a6b-9a39-0a1f9a3c1b55.0",
  from: "+4930111111",
  to: "+4930222222",
  text: "hello",
};

const OUTCOMES: readonly (readonly [TwilioTrouble, SmsOutcome["kind"]])[] = [
  ["refusal", "refused"],
  ["credentials", "refused"],
  ["busy", "busy"],
  ["fault", "unsure"],
  ["slowness", "unsure"],
  ["lost", "unsure"],
];

/** What every gateway promises. */
export const smsSuite = ({ gateway, sent, begin, wrongCredentials, nobodyThere, remedy }: SmsSubject): void => {
  describe(`${gateway.name} takes`, () => {
    test.each([
      "hello",
      'quotes ", backslash \\, {to} & <b>',
      "Grüße 😀\nzwei",
      `half a character ${"😀".slice(0, 1)}`,
      "x".repeat(1_600),
    ])("a text whole: %s", async (text) => {
      const outcome = await gateway.send({ ...sms, key: `${sms.key}${text.length}`, text }, never);
      expect(outcome).toMatchObject({ kind: "accepted", reference: expect.stringMatching(/./) });
      expect(sent().at(-1)).toEqual({ from: sms.from, to: sms.to, text: text.toWellFormed() });
    });
  });

  describe(`${gateway.name} tells`, () => {
    test.each(OUTCOMES)("%s as %s", async (trouble, kind) => {
      begin(trouble);
      try {
        const outcome = await gateway.send({ ...sms, key: `${sms.key}${trouble}` }, never);
        expect(outcome).toMatchObject({ kind, why: expect.stringMatching(/./) });
      } finally {
        begin(undefined);
      }
    });

    test("wrong credentials, and where they are set", async () => {
      expect(await wrongCredentials.send(sms, never)).toEqual({ kind: "refused", why: expect.stringMatching(remedy) });
    });

    test("that nobody is there", async () => {
      expect(await nobodyThere.send(sms, never)).toMatchObject({ kind: "unsure" });
    });

    test("nothing when it is not to go on", async () => {
      const ended = AbortSignal.abort(new Error("over"));
      await expect(gateway.send(sms, ended)).rejects.toThrow("over");
    });
  });
};
