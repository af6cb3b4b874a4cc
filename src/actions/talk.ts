import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { ActionError } from "../flow/action-error.ts";
import { language, maybe, orElse, speechText } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";
import { type Speech, SpeechBrokenOff, type SpeechRequest } from "../ports/speech.ts";

const option = z.strictObject({
  text: speechText,
  language: orElse("en-US", language).describe("Language, such as `en-US` or `en`."),
  provider: orElse("gcp", z.enum(["gcp", "aws", "local"])).describe(
    "Who speaks, if configured: Google Cloud, AWS Polly, or this machine. When it can't, the others follow.",
  ),
  voice_id: maybe(z.string().max(255)).describe(
    "A voice of that provider; the others take their own. Google's `…-Chirp3-HD-…` are heard while they speak, as Amazon's are.",
  ),
  digits_handle: maybe(z.enum(["next"])).describe("`next`: any key stops the speech and the flow goes on."),
});

type Option = z.infer<typeof option>;
const requestOf = ({ text, language, provider, voice_id }: Option): SpeechRequest => ({
  text,
  language,
  provider,
  voice: voice_id,
});

export default defineAction({
  type: "talk",
  summary: "Speaks a text and waits for the end; answers the call first.",
  uses: ["call", "speech", "timeline", "variables"],
  option,
  examples: [
    { text: "Hello. Press 1 for sales.", language: "en-US" },
    {
      text: "<speak>One moment.<break time='1s'/></speak>",
      provider: "aws",
      voice_id: "Joanna",
      digits_handle: "next",
    },
  ],
  sets: () => ["voipbin.tts.provider"],
  answers: true,
  speaks: requestOf,
  waitsForAnswer: true,
  async run({ option, call, speech, timeline, variables, signal }) {
    await call.answer();
    const request = requestOf(option);
    const choice = { untilDigit: option.digits_handle === "next" };
    const tell = (spoken: Omit<Speech, "media">): void => {
      const { provider, attempts, note } = spoken;
      timeline.add("speech_synthesized", { provider, attempts, ...(note === undefined ? {} : { note }) });
      variables.set("voipbin.tts.provider", provider);
    };
    const begun = await speech.begin(request, signal);
    tell(begun);
    const end = await call.say(begun, choice).catch(async (error: unknown) => {
      // It broke off in the middle, so the caller hears it again, and then for certain all of it.
      if (signal.aborted || !("sound" in begun)) throw error;
      const brokenOff = error instanceof SpeechBrokenOff ? error.attempt : undefined;
      const whole = await speech.speak({ ...request, brokenOff }, signal);
      tell(whole);
      return call.say(whole, choice);
    });
    if (end === "failed") throw new ActionError("the speech could not be played");
    return next;
  },
});
