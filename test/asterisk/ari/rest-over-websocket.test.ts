import { expect, test } from "vitest";
import { operations } from "../../../src/asterisk/ari/operations.generated.ts";
import { restOverWebSocket } from "../../../src/asterisk/ari/rest-over-websocket.ts";
import { wireRequest } from "../../../src/asterisk/ari/wire-request.ts";

const started = () => {
  const frames: { request_id: string; uri: string }[] = [];
  const rest = restOverWebSocket((frame) => void frames.push(JSON.parse(frame)));
  const get = (channelId: string, signal = new AbortController().signal) =>
    rest.request(operations["channels.get"], wireRequest(operations["channels.get"], { channelId }), signal);
  const answer = (request_id: string, status_code: number, message_body: string) =>
    rest.settle({
      type: "RESTResponse",
      application: "ringdown",
      timestamp: "",
      transaction_id: "",
      uri: "",
      reason_phrase: "Reason",
      request_id,
      status_code,
      message_body,
    });
  return { rest, frames, get, answer };
};

test("answers find their requests in any order", async () => {
  const { frames, get, answer } = started();
  const both = Promise.all([get("one"), get("two")]);
  expect(frames.map(({ uri }) => uri)).toEqual(["channels/one", "channels/two"]);
  for (const { request_id, uri } of frames.toReversed()) answer(request_id, 200, JSON.stringify({ id: uri }));
  expect(await both).toEqual([{ id: "channels/one" }, { id: "channels/two" }]);
});

test("a refusal keeps its status", async () => {
  const { frames, get, answer } = started();
  const result = get("one");
  answer(frames[0]?.request_id ?? "", 404, '{"message":"Channel not found"}');
  await expect(result).rejects.toMatchObject({ status: 404, isGone: true });
});

test("when the socket goes, all that is pending fails at once", async () => {
  const { rest, get } = started();
  const both = Promise.allSettled([get("one"), get("two")]);
  rest.failAll("the socket closed");
  expect(await both).toMatchObject([
    { status: "rejected", reason: { kind: "disconnected", isUncertain: true } },
    { status: "rejected", reason: { kind: "disconnected", isUncertain: true } },
  ]);
});

test("an aborted request ends with its signal's reason, and its late answer is nobody's", async () => {
  const { frames, get, answer } = started();
  const caller = new AbortController();
  const result = get("one", caller.signal);
  caller.abort(new Error("hung up"));
  await expect(result).rejects.toThrow("hung up");
  answer(frames[0]?.request_id ?? "", 200, "{}");
});
