/** The shape of the code, held by a test so that it can't rot: docs/architecture.md. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { actions } from "../src/actions/registry.generated.ts";

/** The folders that a file may import from, besides its own; "" is `src` itself. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  ports: ["model"],
  flow: ["model", "ports"],
  actions: ["flow", "ports", "model"],
  engine: ["flow", "ports", "model"],
  asterisk: ["ports", "model"],
  providers: ["ports", "model"],
  storage: ["ports", "model"],
  http: ["engine", "flow", "ports", "model"],
  workers: ["engine", "flow", "ports", "model"],
  cli: ["", "actions", "asterisk", "engine", "flow", "http", "model", "ports", "providers", "storage"],
};

const root = join(import.meta.dirname, "..");
const sources = globSync("src/**/*.ts", { cwd: root }).map(normalize);
const IMPORT = /^(?:import|export)\s+(type\s)?(?:[^"';]*\sfrom\s+)?"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm;

type Import = { readonly from: string; readonly to: string; readonly isType: boolean };

const imports: readonly Import[] = sources.flatMap((from) =>
  [...readFileSync(join(root, from), "utf8").matchAll(IMPORT)].map(([, type, static_, dynamic]) => ({
    from,
    to: join(dirname(from), static_ ?? dynamic ?? ""),
    isType: type !== undefined,
  })),
);

/** The folder below `src`; undefined for what stands in `src` itself, where everything is put together. */
const folderOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];
const told = ({ from, to }: Import): string => `${from} → ${to}`;

test("every import leads to a file", () => {
  expect(imports.filter(({ to }) => !existsSync(join(root, to))).map(told)).toEqual([]);
});

test("every folder has its layer", () => {
  const folders = new Set(sources.map(folderOf).filter((folder) => folder !== undefined));
  expect([...folders].filter((folder) => !Object.hasOwn(LAYERS, folder))).toEqual([]);
});

test("a file imports its own folder and the layers below, nothing else", () => {
  const wrong = imports.filter(({ from, to }) => {
    const [own, other] = [folderOf(from), folderOf(to)];
    return own !== undefined && own !== other && !LAYERS[own]?.includes(other ?? "");
  });
  expect(wrong.map(told)).toEqual([]);
});

test("an action never imports another", () => {
  const wrong = imports.filter(({ from, to }) => folderOf(from) === "actions" && folderOf(to) === "actions");
  expect(wrong.filter(({ from }) => !from.endsWith("registry.generated.ts")).map(told)).toEqual([]);
});

test("the flow language does nothing by itself: of the ports it takes types only", () => {
  const wrong = imports.filter(
    ({ from, to, isType }) => folderOf(from) === "flow" && folderOf(to) === "ports" && !isType,
  );
  expect(wrong.map(told)).toEqual([]);
});

test("no file imports itself, by whatever way round", () => {
  const importsOf = Map.groupBy(
    imports.filter(({ isType }) => !isType),
    ({ from }) => from,
  );
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (path.includes(file) || finished.has(file)) return;
    for (const { to } of importsOf.get(file) ?? []) visit(to, [...path, file]);
    finished.add(file);
  };
  for (const file of sources) visit(file, []);
  expect(cycles).toEqual([]);
});

test("no file is longer than 400 lines", () => {
  const written = globSync("{src,test,scripts,bench}/**/*.{ts,mjs}", { cwd: root });
  const long = written
    .filter((file) => !file.includes(".generated."))
    .map((file) => ({ file, lines: readFileSync(join(root, file), "utf8").split("\n").length - 1 }))
    .filter(({ lines }) => lines > 400);
  expect(long).toEqual([]);
});

test.each([...actions.values()].map((definition) => [definition.type, definition] as const))(
  "%s stands in a file of its name, with examples that parse and its tests",
  (type, { option, examples, run, summary }) => {
    expect(existsSync(join(root, `src/actions/${type}.ts`))).toBe(true);
    expect(existsSync(join(root, `test/actions/${type}.test.ts`))).toBe(true);
    if (run) expect(existsSync(join(root, `test/integration/actions/${type}.test.ts`))).toBe(true);
    expect(summary).toMatch(/^[A-Z].*\.$/);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(option.safeParse(example).error).toBeUndefined();
  },
);
