import { brokenLimit, bytesOf, type VariableLimits } from "../flow/variable-limits.ts";
import { isSystemVariable } from "../flow/variables.ts";
import { VariableLimitError, type Variables } from "../ports/variables.ts";

/** Variables that are made when they are read; those that give nothing are read as they were set. */
export type ComputedVariables = Readonly<Record<string, () => string | undefined>>;

type Services = {
  readonly limits: VariableLimits;
  readonly computed: ComputedVariables;
  readonly onChange: () => void;
};

/** The variables of one run, kept within their limits. `stored` gives those that a later process must find. */
export function createRunVariables(
  initial: Readonly<Record<string, string>>,
  { limits, onChange, ...services }: Services,
): Variables & { stored(): Readonly<Record<string, string>> } {
  const computed = new Map(Object.entries(services.computed));
  const values = new Map(Object.entries(initial));
  // Kept, because counting everything again for each of many new variables would take seconds.
  let totalBytes = [...values].reduce((sum, [name, value]) => sum + bytesOf(name, value), 0);

  function setAll(entries: Iterable<readonly [name: string, value: string]>): void {
    const changed = new Map<string, string>();
    let total = totalBytes;
    for (const [name, value] of entries) {
      total += bytesOf(name, value) - bytesOf(name, changed.get(name) ?? values.get(name));
      // What the system itself tells a run, keys above all, must not be lost because its flow has used up its room.
      const limitBytes = isSystemVariable(name) ? undefined : brokenLimit(value, total, limits);
      if (limitBytes !== undefined) throw new VariableLimitError(name, limitBytes);
      changed.set(name, value);
    }
    for (const [name, value] of changed) values.set(name, value);
    totalBytes = total;
    onChange();
  }

  return {
    get: (name) => computed.get(name)?.() ?? values.get(name),
    set: (name, value) => setAll([[name, value]]),
    setAll,
    remove(names) {
      for (const name of names) {
        totalBytes -= bytesOf(name, values.get(name));
        values.delete(name);
      }
      onChange();
    },
    all() {
      const made = [...computed].map(([name, make]) => [name, make()] as const);
      return Object.fromEntries([
        ...values,
        ...made.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
      ]);
    },
    stored: () => Object.fromEntries(values),
  };
}
