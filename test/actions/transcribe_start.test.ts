import transcribeStart from "../../src/actions/transcribe_start.ts";
import { testOption } from "../support/option.ts";

testOption(transcribeStart, {
  accepted: [
    [{}, { language: "en-US", direction: "both" }],
    [{ language: "ko-KR", provider: "", direction: "in" }, { provider: undefined }],
    [{ provider: "local", direction: "out" }],
  ],
  refused: [{ language: "korean" }, { provider: "azure" }, { direction: "left" }],
});
