import { open } from "node:fs/promises";
import { expect } from "vitest";

/** Writes a file until its file system has no room for more. */
export async function fillDisk(path: string): Promise<void> {
  const file = await open(path, "w");
  try {
    for (;;) await file.write(Buffer.alloc(4_096));
  } catch (error) {
    expect(error).toMatchObject({ code: "ENOSPC" });
  } finally {
    await file.close();
  }
}
