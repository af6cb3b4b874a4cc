import digitsSend from "../../src/actions/digits_send.ts";
import { testOption } from "../support/option.ts";

testOption(digitsSend, {
  accepted: [
    [{ digits: "0123456789ABCD*#", duration: 100, interval: 0 }],
    [{ digits: "1", duration: 1000, interval: 5000 }],
    [{ digits: "1" }, { duration: 100, interval: 100 }],
  ],
  refused: [
    {},
    { digits: "" },
    { digits: "12x" },
    { digits: "a" },
    { digits: "1".repeat(101) },
    { digits: "1", duration: 99 },
    { digits: "1", duration: 1001 },
    { digits: "1", interval: -1 },
    { digits: "1", interval: 5001 },
  ],
});
