import type { Phones } from "../ports/phones.ts";
import { type AskingSettings, withAskingChannel } from "./asking-channel.ts";

/** The phones that are registered at an account of Asterisk's. */
export const asteriskPhones = (settings: AskingSettings): Phones => ({
  of: (extension, signal) =>
    withAskingChannel(settings, signal, async (ask) =>
      urisOf(extension, (await ask(`PJSIP_DIAL_CONTACTS(${extension})`)) ?? ""),
    ),
});

/** `PJSIP/1001/sip:1001@192.0.2.1&PJSIP/1001/sip:1001@192.0.2.2`, where a URI may have an ampersand in it. */
const urisOf = (extension: string, value: string): readonly string[] =>
  `&${value}`.split(`&PJSIP/${extension}/`).slice(1);
