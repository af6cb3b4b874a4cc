import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Those of these programs that can be run here. */
export async function programsIn(path: string, names: readonly string[]): Promise<readonly string[]> {
  const isThere = async (name: string): Promise<boolean> => {
    const looks = path.split(delimiter).map((folder) => access(join(folder, name), constants.X_OK));
    return (await Promise.allSettled(looks)).some(({ status }) => status === "fulfilled");
  };
  const there = await Promise.all(names.map(isThere));
  return names.filter((_, index) => there[index]);
}
