import { fakeAnsweringMachines } from "./fake-answering-machines.ts";
import { fakeBridges } from "./fake-bridges.ts";
import { fakeChannelSound } from "./fake-channel-sound.ts";
import { noChatbots } from "./fake-chatbots.ts";
import { fakeLiveAudio } from "./fake-live-audio.ts";
import { fakeMediaLines } from "./fake-media-lines.ts";
import { fakeOutboundMedia } from "./fake-outbound-media.ts";
import { fakePhones } from "./fake-phones.ts";
import { fakeSpeechRecognizer } from "./fake-speech-recognizer.ts";
import { fakeTelephony } from "./fake-telephony.ts";
import { fakeTexts } from "./fake-texts.ts";

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
  onInterim: () => {},
});
