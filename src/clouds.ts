/** Which clouds can be asked: those whose SDKs will find credentials, and those that have a server of the operator's. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Config } from "./config.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The clouds for speech. Nothing is asked over the network for it, and no SDK is loaded. */
export const speechClouds = (config: Config, environment: Environment, home = homedir()) =>
  cloudsBy(config.RINGDOWN_GCP_TTS_ENDPOINT, config.RINGDOWN_AWS_ENDPOINT, environment, home);

/** The clouds for recognition, found in the same way. */
export const recognitionClouds = (config: Config, environment: Environment, home = homedir()) =>
  cloudsBy(config.RINGDOWN_GCP_STT_ENDPOINT, config.RINGDOWN_AWS_ENDPOINT, environment, home);

function cloudsBy(google: string | undefined, amazon: string | undefined, environment: Environment, home: string) {
  return {
    gcp: google !== undefined || hasGoogleCredentials(environment, home) ? { endpoint: google } : undefined,
    aws: amazon !== undefined || hasAmazonCredentials(environment, home) ? { endpoint: amazon } : undefined,
  };
}

/** `GCE_METADATA_HOST` says that the machine itself has an account. */
function hasGoogleCredentials(environment: Environment, home: string): boolean {
  const folder = environment.CLOUDSDK_CONFIG || join(home, ".config/gcloud");
  return (
    isGiven(environment, ["GOOGLE_APPLICATION_CREDENTIALS", "GCE_METADATA_HOST"]) ||
    existsSync(join(folder, "application_default_credentials.json"))
  );
}

/** `AWS_REGION` is needed anyway; alone, it says that the machine itself has a role. */
function hasAmazonCredentials(environment: Environment, home: string): boolean {
  const file = environment.AWS_SHARED_CREDENTIALS_FILE || join(home, ".aws/credentials");
  return isGiven(environment, ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"]) || existsSync(file);
}

const isGiven = (environment: Environment, names: readonly string[]): boolean =>
  names.some((name) => Boolean(environment[name]));
