/** What clients of Google's SDKs are made with. `endpoint` is another server, `http:` one without encryption and credentials. */
export async function googleClientOptions(endpoint: string | undefined) {
  const { grpc } = await import("google-gax");
  const url = endpoint === undefined ? undefined : new URL(endpoint);
  return {
    "grpc.max_reconnect_backoff_ms": RECONNECT_WITHIN_MS,
    ...(url && { apiEndpoint: url.hostname, port: Number(url.port) || (url.protocol === "http:" ? 80 : 443) }),
    // The domain is named so that nobody looks for credentials to find it.
    ...(url?.protocol === "http:" && {
      sslCreds: grpc.credentials.createInsecure(),
      clientOptions: { universeDomain: "googleapis.com" },
    }),
  };
}

/** Once Google is reachable again; by itself gRPC may wait two minutes. */
const RECONNECT_WITHIN_MS = 5_000;
