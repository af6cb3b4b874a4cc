import { open, rm } from "node:fs/promises";
import { join } from "node:path";

/** A disk of a few MiB, of the test container (docker-compose.test.yml), for this purpose alone. */
const FOLDER = "/tiny-disk";

/** A disk that can be filled. */
export const smallDisk = {
  folder: FOLDER,
  /** Leaves no room; gives what makes room again. */
  async fill(): Promise<() => Promise<void>> {
    const filler = join(FOLDER, "filler");
    await writeUntilFull(filler);
    return () => rm(filler);
  },
};

async function writeUntilFull(path: string): Promise<void> {
  const file = await open(path, "w");
  try {
    for (;;) await file.write(Buffer.alloc(4_096));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  } finally {
    await file.close();
  }
}
