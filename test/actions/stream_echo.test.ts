import streamEcho from "../../src/actions/stream_echo.ts";
import { testOption } from "../support/option.ts";

testOption(streamEcho, {
  accepted: [[{}, { duration: 180_000 }], [{ duration: 30_000 }]],
  refused: [{ duration: -1 }, { duration: "30000" }, { duration: 86_400_001 }],
});
