import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recognitionClouds, speechClouds } from "../src/clouds.ts";
import { readConfig } from "../src/config.ts";

const needed = {
  RINGDOWN_ARI_PASSWORD: "a-password",
  RINGDOWN_ARI_LISTEN_PASSWORD: "a-password",
  RINGDOWN_API_KEY: "a-long-key",
};
const clouds = (environment: Record<string, string> = {}, home = "/nonexistent") =>
  speechClouds(readConfig({ ...needed, ...environment }, "/nonexistent"), environment, home);

test.each([
  ["nothing", {}, {}],
  ["a key of Google", { GOOGLE_APPLICATION_CREDENTIALS: "/key.json" }, { gcp: {} }],
  ["a server for Google", { RINGDOWN_GCP_TTS_ENDPOINT: "http://a:1" }, { gcp: { endpoint: "http://a:1" } }],
  ["a key of Amazon", { AWS_ACCESS_KEY_ID: "a" }, { aws: {} }],
  ["a server for Amazon", { RINGDOWN_AWS_ENDPOINT: "http://a:1" }, { aws: { endpoint: "http://a:1" } }],
  ["empty names", { AWS_ACCESS_KEY_ID: "", GOOGLE_APPLICATION_CREDENTIALS: "" }, {}],
])("with %s", (_name, environment, expected) => expect(clouds(environment)).toEqual(expected));

test("recognition has a server of its own at Google's, and shares the credentials", () => {
  const environment = { RINGDOWN_GCP_STT_ENDPOINT: "http://b:1", AWS_ACCESS_KEY_ID: "a" };
  const config = readConfig({ ...needed, ...environment }, "/nonexistent");
  expect(recognitionClouds(config, environment, "/nonexistent")).toEqual({
    gcp: { endpoint: "http://b:1" },
    aws: {},
  });
});

test("with the files of their command lines", () => {
  const home = mkdtempSync(join(tmpdir(), "home-"));
  for (const file of [".config/gcloud/application_default_credentials.json", ".aws/credentials"]) {
    mkdirSync(join(home, file, ".."), { recursive: true });
    writeFileSync(join(home, file), "");
  }
  expect(clouds({}, home)).toEqual({ gcp: {}, aws: {} });
  rmSync(home, { recursive: true });
});
