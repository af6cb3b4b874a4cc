/** Placeholders `${name}` in the text of options, and the names that the system keeps to itself. */

/** Replaces each placeholder once, left to right; what is put in is not looked at again. Undefined becomes nothing. */
export function substituteText(text: string, lookUp: (name: string) => string | undefined): string {
  let result = "";
  let copiedTo = 0;
  for (const { name, start, end } of placeholders(text)) {
    result += text.slice(copiedTo, start) + (lookUp(name) ?? "");
    copiedTo = end;
  }
  return result + text.slice(copiedTo);
}

/** A copy of the tree with every string substituted: values, not keys. */
export function substitute(tree: unknown, lookUp: (name: string) => string | undefined): unknown {
  if (typeof tree === "string") return substituteText(tree, lookUp);
  if (Array.isArray(tree)) return tree.map((item) => substitute(item, lookUp));
  if (typeof tree !== "object" || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, substitute(value, lookUp)]));
}

export const hasPlaceholder = (text: string): boolean => !placeholders(text).next().done;

/** The names that a text reads. */
export const placeholdersIn = (text: string): readonly string[] => [...placeholders(text)].map(({ name }) => name);

/** Each `${` with the shortest run up to `}`. Not a regular expression, which many an unclosed `${` would slow down. */
function* placeholders(text: string): Generator<{ name: string; start: number; end: number }> {
  for (let start = text.indexOf("${"); start >= 0; ) {
    const close = text.indexOf("}", start + 2);
    if (close < 0) return;
    yield { name: text.slice(start + 2, close), start, end: close + 1 };
    start = text.indexOf("${", close + 1);
  }
}

const address = (prefix: string): readonly string[] =>
  ["type", "target", "target_name", "name", "detail"].map((field) => `${prefix}.${field}`);
const under = (prefix: string, fields: string): readonly string[] => fields.split(" ").map((f) => `${prefix}.${f}`);

/** Every variable that the system sets. */
export const systemVariables: readonly string[] = [
  ...under("voipbin.activeflow", "id reference_type reference_id reference_activeflow_id flow_id complete_count"),
  "voipbin.flow.reference_data",
  ...under("voipbin.call", "id direction master_call_id digits status"),
  ...address("voipbin.call.source"),
  ...address("voipbin.call.destination"),
  ...under("voipbin.call.amd", "status cause"),
  ...under("voipbin.connect", "status hangup_reason answered_call_id duration"),
  ...under("voipbin.conversation", "id owner_id"),
  ...address("voipbin.conversation.self"),
  ...address("voipbin.conversation.peer"),
  ...under("voipbin.conversation_message", "id text direction hops"),
  ...under("voipbin.queue", "id name detail"),
  ...under("voipbin.queuecall", "id timeout_wait timeout_service status position duration_waiting"),
  ...under("voipbin.recording", "id reference_type reference_id format recording_name filenames duration url"),
  ...under("voipbin.transcribe", "id reference_type reference_id language direction text"),
  ...under("voipbin.webhook", "status_code body"),
  "voipbin.fetch.status_code",
  ...under("voipbin.chatbot", "reply result"),
  "voipbin.tts.provider",
];

const owned = new Set(systemVariables);
/** Groups that belong to the system as a whole, so that a name it gains later is not taken. */
const OWNED_GROUP =
  /^voipbin\.(activeflow|flow|call|connect|conversation|conversation_message|queue|queuecall|recording|transcribe|webhook|fetch|chatbot)(\.|$)/;

/** Whether only the system may set this name. */
export const isSystemVariable = (name: string): boolean => owned.has(name) || OWNED_GROUP.test(name);
