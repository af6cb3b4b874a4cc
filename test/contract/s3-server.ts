import { spawn } from "node:child_process";
import { eventually, Hopeless } from "../support/eventually.ts";
import { nextAddress } from "../support/loopback.ts";
import { endProcess, hasEnded, keepOutput, tail } from "../support/process.ts";

const PORT = 9_000;
/** Python loads all of Amazon's services. */
const BOOT_MS = 30_000;

/** Debian's S3 server (moto), empty, in a process of its own. */
export async function startS3Server() {
  const address = nextAddress();
  const endpoint = `http://${address}:${PORT}`;
  const child = spawn("moto_server", ["-H", address, "-p", String(PORT)], { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  keepOutput(child, lines);
  await eventually(
    "the S3 server",
    async () => {
      if (hasEnded(child)) throw new Hopeless(tail({ name: "moto_server", lines }));
      return (await fetch(endpoint)).ok;
    },
    BOOT_MS,
  );
  return {
    endpoint,
    /** Makes an account that may do everything; its keys work also while they are checked. */
    async account(): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }> {
      const ask = (Action: string, more: Readonly<Record<string, string>> = {}) =>
        administer(endpoint, { Action, UserName: "ringdown", ...more });
      await ask("CreateUser");
      await ask("PutUserPolicy", { PolicyName: "all", PolicyDocument: EVERYTHING });
      const made = await ask("CreateAccessKey");
      const fieldOf = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(made)?.[1] ?? "";
      return { accessKeyId: fieldOf("AccessKeyId"), secretAccessKey: fieldOf("SecretAccessKey") };
    },
    /** From now on keys and signatures are checked, or no longer. */
    checkKeys: async (isChecked: boolean): Promise<void> => {
      await fetch(`${endpoint}/moto-api/reset-auth`, { method: "POST", body: isChecked ? "0" : "inf" });
    },
    /** From now on it takes requests and answers none; the result lets it go on, with all that it was asked. */
    stall(): () => void {
      child.kill("SIGSTOP");
      return () => void child.kill("SIGCONT");
    },
    close: () => endProcess(child, "SIGKILL"),
  };
}

const EVERYTHING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

/** The name of the service is taken from the credential; nothing of it is checked. */
const SERVICE = "AWS4-HMAC-SHA256 Credential=none/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0";

async function administer(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const body = new URLSearchParams({ ...parameters, Version: "2010-05-08" });
  const answer = await fetch(endpoint, { method: "POST", body, headers: { authorization: SERVICE } });
  if (!answer.ok) throw new Error(`${parameters.Action}: ${answer.status} ${await answer.text()}`);
  return answer.text();
}
