/** The reference menu with every request over the WebSocket that brings the events. */
import { WebSocket } from "ws";
import { ignore, menu, ready, settings } from "./menu.ts";

const { url, username, password, prompts } = settings();
const address = new URL("/ari/events?app=bench-socket", url);
address.protocol = "ws:";
const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
const socket = new WebSocket(address, ["ari"], { headers: { authorization }, perMessageDeflate: false });

const answers = new Map<string, () => void>();
let sent = 0;

const request = (method: string, uri: string): Promise<void> =>
  new Promise((resolve) => {
    const id = String(++sent);
    answers.set(id, resolve);
    socket.send(JSON.stringify({ type: "RESTRequest", request_id: id, method, uri }));
  });

const take = menu(
  {
    answer: (channelId) => request("POST", `channels/${channelId}/answer`),
    play: (channelId, playbackId, media) =>
      request(
        "POST",
        `channels/${channelId}/play/${encodeURIComponent(playbackId)}?media=${encodeURIComponent(media)}`,
      ),
    stop: (playbackId) => request("DELETE", `playbacks/${encodeURIComponent(playbackId)}`),
    hangup: (channelId) => request("DELETE", `channels/${channelId}`),
  },
  prompts,
);

socket.once("open", ready).on("message", (data) => {
  const message = JSON.parse(data.toString());
  if (message.type !== "RESTResponse") return take(message).catch(ignore);
  answers.get(message.request_id)?.();
  answers.delete(message.request_id);
});
