import fetchAction from "../../src/actions/fetch.ts";
import { testOption } from "../support/option.ts";

testOption(fetchAction, {
  accepted: [
    [{ event_url: "https://a.test/x" }, { event_method: "POST" }],
    [{ event_url: "http://a.test", event_method: "GET" }],
  ],
  refused: [
    {},
    { event_url: "a.test" },
    { event_url: "file:///etc/passwd" },
    { event_url: "https://a.test", event_method: "PUT" },
  ],
});
