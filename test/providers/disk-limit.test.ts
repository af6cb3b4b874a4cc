import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { diskLimit } from "../../src/providers/disk-limit.ts";
import { eventually } from "../support/eventually.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 5, 1);
const SIZE_BYTES = 10_000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "limit-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what was used longest ago goes first, until there is room, also when it was there before the start", async () => {
  for (const [name, hoursAgo] of [
    ["a", 5],
    ["b", 9],
    ["c", 7],
    ["d", 3],
  ] as const)
    file(`${name}.wav`, hoursAgo);
  const limit = make(25_000);
  await left(["a.wav", "d.wav"]);
  await limit.close();
});

test("what was used in the last hour stays, whatever the size", async () => {
  file("old.wav", 2);
  file("new.wav", 0.5);
  const limit = make(1);
  await left(["new.wav"]);
  await limit.close();
});

test("use is kept over a restart", async () => {
  file("a.wav", 9);
  file("b.wav", 8);
  const first = make(1_000_000);
  await first.use(path("a.wav"));
  await first.close();
  expect(statSync(path("a.wav")).mtimeMs).toBe(NOW_MS);
  const second = make(SIZE_BYTES);
  await left(["a.wav"]);
  await second.close();
});

test("files of one name go and stay together", async () => {
  for (const name of ["a.wav", "a.wav16"]) file(name, 9);
  for (const name of ["b.wav"]) file(name, 99);
  file("b.wav16", 2);
  const limit = make(25_000);
  await left(["b.wav", "b.wav16"]);
  await limit.close();
});

test("what grows makes room for itself", async () => {
  file("a.wav", 9);
  const limit = make(25_000);
  file("b.wav", 0);
  file("c.wav", 0);
  await limit.use(path("c.wav"));
  for (let n = 0; n < 2; n += 1) limit.grow(SIZE_BYTES);
  await eventually("the old one is gone", () => {
    limit.grow(0);
    return !readdirSync(folder).includes("a.wav");
  });
  await limit.close();
});

test("a file that is found stays, however many are being removed", async () => {
  const names = Array.from({ length: 200 }, (_, n) => `${n}.wav`);
  for (const name of names) file(name, 9);
  const limit = make(1);
  await eventually("the first is gone", () => readdirSync(folder).length < names.length);
  const found: string[] = [];
  for (const name of names.toReversed()) {
    await limit.use(path(name));
    if (statSync(path(name), { throwIfNoEntry: false })) found.push(name);
  }
  await eventually("all others are gone", () => readdirSync(folder).length === found.length);
  expect(readdirSync(folder).sort()).toEqual(found.sort());
  await limit.close();
});

const path = (name: string): string => join(folder, name);
const make = (maxBytes: number) => diskLimit([folder], maxBytes, { now: () => NOW_MS });
const left = (names: readonly string[]) =>
  eventually(`only ${names} are left`, () => readdirSync(folder).sort().join() === [...names].sort().join());

function file(name: string, hoursAgo: number): void {
  writeFileSync(path(name), Buffer.alloc(SIZE_BYTES));
  const seconds = (NOW_MS - hoursAgo * HOUR_MS) / 1_000;
  utimesSync(path(name), seconds, seconds);
}
