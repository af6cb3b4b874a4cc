/** Over TLS, with an account's key, as Google is really asked. */
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { grpc } from "google-gax";
import { afterAll, expect, test, vi } from "vitest";
import { gcp } from "../../src/providers/synthesis/gcp.ts";
import { startGcpServer } from "./gcp-server.ts";
import { never, temporaryFolder } from "./media-parts.ts";

/** gRPC reads the name of the roots' file once, when it is loaded. */
const { address, certificate, key } = await vi.hoisted(async () => {
  const { execFileSync } = await import("node:child_process");
  const { mkdtempSync } = await import("node:fs");
  const { nextAddress } = await import("../support/loopback.ts");
  const own = nextAddress();
  const folder = mkdtempSync("/tmp/tls-");
  const made = { address: own, certificate: `${folder}/certificate.pem`, key: `${folder}/key.pem` };
  execFileSync(
    "openssl",
    [
      ..."req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ringdown-test".split(" "),
      ...["-addext", `subjectAltName=IP:${own}`, "-keyout", made.key, "-out", made.certificate],
    ],
    { stdio: "ignore" },
  );
  process.env.GRPC_DEFAULT_SSL_ROOTS_FILE_PATH = made.certificate;
  return made;
});

const account = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const [cert_chain, private_key] = [readFileSync(certificate), readFileSync(key)];
const server = await startGcpServer(address, grpc.ServerCredentials.createSsl(null, [{ cert_chain, private_key }]));
const endpoint = server.endpoint.replace("http:", "https:");
afterAll(() => server.close());

test("Google is asked with a token that the account has signed", async () => {
  await using folder = await temporaryFolder();
  writeFileSync(
    `${folder.path}/account.json`,
    JSON.stringify({
      type: "service_account",
      project_id: "ringdown",
      private_key_id: "1",
      private_key: account.privateKey.export({ type: "pkcs8", format: "pem" }),
      client_email: "speaker@ringdown.example",
      token_uri: `https://${address}:1/token`,
    }),
  );
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", `${folder.path}/account.json`);
  await gcp({ endpoint }).synthesize({ text: "Hello", language: "en-US" }, `${folder.path}/speech`, never);
  const [, head, claims, signature] =
    /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(server.authorizations[0] ?? "") ?? [];
  const isSigned = verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    createPublicKey(account.publicKey.export({ type: "spki", format: "pem" })),
    Buffer.from(signature ?? "", "base64url"),
  );
  expect(isSigned).toBe(true);
  expect(JSON.parse(Buffer.from(claims ?? "", "base64url").toString())).toMatchObject({
    iss: "speaker@ringdown.example",
  });
});

test.each([
  ["are missing", "/nonexistent/account.json"],
  ["are rubbish", "/etc/hostname"],
])("credentials that %s are told, and nothing is asked", async (_name, path) => {
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", path);
  const before = server.requests.length;
  const speech = gcp({ endpoint }).synthesize({ text: "Hello", language: "en-US" }, "/nonexistent/speech", never);
  await expect(speech).rejects.toMatchObject({ fault: "credentials" });
  expect(server.requests.length).toBe(before);
});
