import { ConfigError, readConfig } from "../../src/config.ts";
import { Problem } from "./problem.ts";
import { ensureSecrets } from "./secrets.ts";

/** What a settings file says, completed with secrets. @throws Problem that names every fault, before anything is started */
export const soundSettings = (file: string): Record<string, string | undefined> => {
  const settings = ensureSecrets(file);
  try {
    readConfig({}, file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Problem(error.message, `mend ${file}; docs/configuration.md has every setting`);
  }
  return settings;
};
