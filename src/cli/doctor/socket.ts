import { once } from "node:events";
import { createServer } from "node:http";
import { basicAuthorization, sameAuthorization } from "../../asterisk/ari/basic-auth.ts";
import type { Config } from "../../config.ts";
import { addLines } from "./asterisk-lines.ts";
import { type Finding, fault, fine, unknown } from "./finding.ts";
import type { Serving } from "./serving.ts";

/** Asterisk tries twice a second when its settings are those of our page. */
const PATIENCE_MS = 5_000;
const CHECK = "events";

type Heard = "dialled" | "wrong credentials" | "wrong path" | "nothing" | "taken";

/** Whether Asterisk's events reach us: by what a running Ringdown says, else by listening in its place for a moment. */
export async function checkSocket(config: Config, serving: Serving): Promise<Finding> {
  const { host, port } = config.RINGDOWN_ARI_LISTEN;
  const place = `${host}:${port}`;
  if (serving) return ofServing(config, serving);
  if (config.RINGDOWN_ARI_SOCKET === "dial") return fine(CHECK, "Ringdown will dial Asterisk for them");
  const heard = await listen(config);
  const told: Readonly<Record<Heard, Finding>> = {
    dialled: fine(CHECK, `Asterisk dials Ringdown at ${place}, with the right password`),
    "wrong credentials": fault(
      CHECK,
      `Asterisk dials Ringdown with other credentials than RINGDOWN_ARI_LISTEN_USERNAME and _PASSWORD`,
      ...addLines("websocket_client.conf", config),
    ),
    "wrong path": fault(
      CHECK,
      "Asterisk dials Ringdown under another path",
      ...addLines("websocket_client.conf", config),
    ),
    nothing: fault(
      CHECK,
      `Asterisk does not dial Ringdown at ${place} (waited ${PATIENCE_MS / 1_000} s)`,
      ...bothFiles(config),
    ),
    taken: unknown(
      CHECK,
      `${place} is taken by another program, and no Ringdown answers on its HTTP port`,
      "wait for Ringdown to start or end, or set RINGDOWN_ARI_LISTEN to a free address",
    ),
  };
  return told[heard];
}

function ofServing(config: Config, { faults }: NonNullable<Serving>): Finding {
  const disconnected = faults.find(({ component }) => component === "asterisk");
  if (!disconnected) return fine(CHECK, "Ringdown is running, and connected");
  const remedy = config.RINGDOWN_ARI_SOCKET === "dial" ? ["see ARI above"] : bothFiles(config);
  return fault(CHECK, `Ringdown is running, and not connected: ${disconnected.reason}`, ...remedy);
}

const bothFiles = (config: Config): readonly string[] => [
  ...addLines("ari.conf", config, { afterwards: "go on with the next file", sections: ["ringdown-outbound"] }),
  ...addLines("websocket_client.conf", config),
];

/** Takes Asterisk's dialling and turns it away: were it let in, it would hand over what it keeps for Ringdown. */
async function listen(config: Config): Promise<Heard> {
  const { host, port } = config.RINGDOWN_ARI_LISTEN;
  const expected = basicAuthorization(config.RINGDOWN_ARI_LISTEN_USERNAME, config.RINGDOWN_ARI_LISTEN_PASSWORD ?? "");
  const heard = Promise.withResolvers<Heard>();
  const server = createServer((_request, response) => response.writeHead(426).end());
  server.on("upgrade", (request, stream) => {
    stream.on("error", () => stream.destroy());
    stream.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    if (request.url?.split("?")[0] !== "/ari") return heard.resolve("wrong path");
    const isRight = sameAuthorization(expected, request.headers.authorization);
    heard.resolve(isRight ? "dialled" : "wrong credentials");
  });
  server.on("error", () => heard.resolve("taken"));
  server.listen(port, host);
  const patience = setTimeout(() => heard.resolve("nothing"), PATIENCE_MS);
  try {
    return await heard.promise;
  } finally {
    clearTimeout(patience);
    if (server.listening) {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    }
  }
}
