import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { ActionError } from "../flow/action-error.ts";
import { orElse, webUrl } from "../flow/option.ts";
import { fork } from "../flow/outcome.ts";
import { expectWhole } from "../flow/refusal.ts";
import type { Variables } from "../ports/variables.ts";

const TRIES = 3;
/** Servers take no longer addresses. */
const LONGEST_URL = 8_000;
/** Faults of an answer that are told. */
const TOLD_FAULTS = 3;
const STATUS = "voipbin.fetch.status_code";

const option = z.strictObject({
  event_url: webUrl.describe(
    "Where the actions come from: a JSON list of actions, or an object with that list as `actions`.",
  ),
  event_method: orElse("POST", z.enum(["GET", "POST"])).describe(
    "How to ask: with a query, or with a JSON body. Both have `activeflow_id`, `reference_type`, `reference_id` and " +
      "`variables`; a query has the last as JSON, and not when they are too long for one.",
  ),
});
type Option = z.infer<typeof option>;

export default defineAction({
  type: "fetch",
  summary: "Gets a list of actions from a URL and runs it, then goes on.",
  uses: ["variables", "http", "check", "timeline"],
  option,
  examples: [{ event_method: "POST", event_url: "https://example.com/next-actions" }],
  sets: () => ["*"],
  async run({ option, stepId, variables, http, check, timeline, memo, signal }) {
    // Kept as it came: what has been answered is not asked for again.
    const text = await memo("answer", async () => {
      variables.set(STATUS, "0");
      const request = requestOf(option, variables);
      if (request.isShortened) timeline.add("note", { message: "the variables are too long for a query: use POST" });
      const about = { idempotencyKey: stepId, tries: TRIES };
      const { status, body, missing } = await http.send({ ...request, ...about }, signal);
      variables.set(STATUS, String(status));
      const { host } = new URL(request.url);
      expectWhole(host, { status, missing });
      return new TextDecoder().decode(body);
    });
    const { errors, actions } = check(listOf(text));
    if (errors.length === 0) return fork(actions);
    const told = errors.slice(0, TOLD_FAULTS).map(({ path, message }) => `${path}: ${message}`);
    const rest = errors.length > TOLD_FAULTS ? `; and ${errors.length - TOLD_FAULTS} more` : "";
    throw new ActionError(`the answer can't be run: ${told.join("; ")}${rest}`);
  },
});

function requestOf({ event_url, event_method }: Option, variables: Variables) {
  const of = (name: string) => variables.get(`voipbin.activeflow.${name}`) ?? "";
  const run = {
    activeflow_id: of("id"),
    reference_type: of("reference_type"),
    reference_id: of("reference_id"),
  };
  const accept = { accept: "application/json" };
  if (event_method === "POST") {
    const body = JSON.stringify({ ...run, variables: variables.all() });
    const headers = { ...accept, "content-type": "application/json" };
    return { url: event_url, method: event_method, headers, body, isShortened: false };
  }
  const full = withQuery(event_url, { ...run, variables: JSON.stringify(variables.all()) });
  const isShortened = full.length > LONGEST_URL;
  return { url: isShortened ? withQuery(event_url, run) : full, method: event_method, headers: accept, isShortened };
}

/** What is in the query already stays as it is written: it may be signed. */
function withQuery(text: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(text);
  const added = new URLSearchParams(parameters).toString();
  url.search = url.search === "" ? added : `${url.search}&${added}`;
  return url.href;
}

function listOf(text: string): unknown {
  const answer = parse(text);
  const isEnvelope = typeof answer === "object" && answer !== null && "actions" in answer;
  return isEnvelope ? answer.actions : answer;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ActionError("the answer is not JSON");
  }
}
