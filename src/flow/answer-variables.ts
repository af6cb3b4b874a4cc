/** Variables made of a server's answer. */

/** Longer names, and what is below them, are left out: so nothing goes deep, however deep the answer does. */
const LONGEST_NAME = 255;
/** Names that only the system sets. */
const OWN = /^voipbin(\.|$)/;

/**
 * A variable for each field of a JSON object, nested ones with dots, items of lists by their number; nothing when the
 * value is no object. Absent values (null) become empty.
 */
export function* variablesOf(answer: unknown): Generator<readonly [name: string, value: string]> {
  if (!isObject(answer) || Array.isArray(answer)) return;
  const open = [fieldsOf(answer, "")];
  for (let innermost = open.at(-1); innermost; innermost = open.at(-1)) {
    const { value: field, done } = innermost.next();
    if (done) {
      open.pop();
      continue;
    }
    const [name, value] = field;
    if (name.length > LONGEST_NAME || OWN.test(name)) continue;
    if (isObject(value)) open.push(fieldsOf(value, `${name}.`));
    else yield [name, value === null ? "" : String(value)];
  }
}

function* fieldsOf(object: object, prefix: string): Generator<readonly [name: string, value: unknown], undefined> {
  for (const [key, value] of Object.entries(object)) yield [prefix + key, value];
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
