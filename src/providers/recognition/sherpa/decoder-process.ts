/**
 * The process that decodes, seen from here.
 *
 * 1. Answers come in the order of the requests. When none comes for too long while some are waited for, it is killed.
 * 2. When it ends, whoever waits for it hears why, and so does everybody who asks it afterwards.
 * 3. It keeps us from ending only while somebody waits for it; it ends with us.
 */
import { type ChildProcess, fork } from "node:child_process";
import { Socket } from "node:net";
import { join } from "node:path";
import { RecognitionProviderError, type Recognized } from "../provider.ts";
import type { DecoderAnswer, DecoderRequest } from "./messages.ts";

/** The end of what it complained of; more tells nothing more. */
const MAX_COMPLAINT_LENGTH = 500;

/** Starts a process that decodes; it gets none of our environment. */
export const startDecoder = (): ChildProcess =>
  fork(join(import.meta.dirname, "decoder.ts"), {
    ...{ env: {}, execArgv: ["--expose-gc"], serialization: "advanced" },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });

export type DecoderProcess = {
  /** @throws RecognitionProviderError when it refuses, ends, or says nothing for so long. */
  ask(request: DecoderRequest, stuckMs: number): Promise<readonly Recognized[]>;
  readonly hasEnded: boolean;
  end(): void;
};

type Waiting = PromiseWithResolvers<readonly Recognized[]> & { readonly stuckMs: number };

/** Takes a process that was just started. */
export function decoderProcess(child: ChildProcess): DecoderProcess {
  const waiting: Waiting[] = [];
  let complaint = "";
  let ended: RecognitionProviderError | undefined;
  let watch: NodeJS.Timeout | undefined;

  function attend(): void {
    clearTimeout(watch);
    const [next] = waiting;
    if (next) watch = setTimeout(giveUp, next.stuckMs, next.stuckMs);
    for (const one of [child, child.channel, child.stderr instanceof Socket ? child.stderr : undefined]) {
      if (next) one?.ref();
      else one?.unref();
    }
  }

  function giveUp(stuckMs: number): void {
    fail(new RecognitionProviderError("timeout", `the model said nothing for ${stuckMs / 1_000} s`, TOO_SLOW));
    child.kill("SIGKILL");
  }

  function fail(error: RecognitionProviderError): void {
    ended ??= error;
    for (const { reject } of waiting.splice(0)) reject(ended);
    attend();
  }

  child.stderr?.on("data", (text) => {
    complaint = `${complaint}${text}`.slice(-MAX_COMPLAINT_LENGTH);
  });
  child.on("message", (answer: DecoderAnswer) => {
    const asked = waiting.shift();
    if ("heard" in answer) asked?.resolve(answer.heard);
    else asked?.reject(new RecognitionProviderError("failed", answer.error));
    attend();
  });
  child.on("error", (error) => fail(new RecognitionProviderError("unavailable", error.message)));
  child.on("close", (code, signal) => {
    const how = [signal ?? `code ${code}`, complaint.trim()].filter(Boolean).join(": ");
    fail(new RecognitionProviderError("unavailable", `the process that decodes ended with ${how}`, ENDED));
  });
  attend();

  return {
    ask(request, stuckMs) {
      if (ended) return Promise.reject(ended);
      const answer = { ...Promise.withResolvers<readonly Recognized[]>(), stuckMs };
      waiting.push(answer);
      // A process that has gone is told of by its end.
      child.send(request, () => {});
      if (waiting.length === 1) attend();
      return answer.promise;
    },
    get hasEnded() {
      return ended !== undefined;
    },
    end() {
      child.kill("SIGKILL");
    },
  };
}

const TOO_SLOW = "take a smaller model (int8), or a faster machine; another provider goes on meanwhile";
const ENDED = "if it happens again, take another model, or give the machine more memory; it is started anew meanwhile";
