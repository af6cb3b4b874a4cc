import type { RecordedMedia } from "../../src/ports/recorded-media.ts";
import { fakeAnsweringMachines } from "./fake-answering-machines.ts";
import { fakeBridges } from "./fake-bridges.ts";
import { fakeChannelSound } from "./fake-channel-sound.ts";
import { noChatbots } from "./fake-chatbots.ts";
import { fakeLiveAudio } from "./fake-live-audio.ts";
import { fakeMediaLines } from "./fake-media-lines.ts";
import { fakeOutboundMedia } from "./fake-outbound-media.ts";
import { fakePhones } from "./fake-phones.ts";
import { fakeRecorder } from "./fake-recorder.ts";
import { fakeSpeechRecognizer } from "./fake-speech-recognizer.ts";
import { fakeTelephony } from "./fake-telephony.ts";
import { fakeTexts } from "./fake-texts.ts";

/** Recordings of a test have a URL, and nothing behind it. */
const noRecordedMedia: RecordedMedia = {
  urlOf: (recordingId) => `http://ringdown/v1.0/recordings/${recordingId}/file`,
  find: () => undefined,
};

/** All that an engine has of its switch and of hosts for its audio; what was asked of any part is in `telephony.asked`, in order. */
export const fakeSwitch = (telephony = fakeTelephony()) => ({
  telephony,
  bridges: fakeBridges(telephony.asked),
  sound: fakeChannelSound(telephony.asked),
  phones: fakePhones(),
  liveAudio: fakeLiveAudio(telephony.asked),
  machines: fakeAnsweringMachines(telephony.asked),
  ...noChatbots,
  texts: fakeTexts(),
  mediaLines: fakeMediaLines(telephony.asked),
  outboundMedia: fakeOutboundMedia(),
  recognizer: fakeSpeechRecognizer(),
  onSpeech: () => {},
  recording: { recorder: fakeRecorder(telephony.asked), media: noRecordedMedia, onOver: () => {} },
});
