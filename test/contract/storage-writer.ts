/** A process that saves without end and prints `RUN STEP` for each save that was acknowledged; killed by its test. */
import { openStorage } from "../../src/storage/open-storage.ts";
import { sampleFact, sampleFrame, samplePosition, sampleRun } from "./storage-samples.ts";

const PARALLEL_RUNS = 20;
const [url = "", lastStep = "Infinity"] = process.argv.slice(2);
const log = { info() {}, warn() {}, error() {} };
const clock = { now: () => Date.now(), sleepUntil: () => Promise.resolve() };

const { activeflows, close } = await openStorage(url, { log, clock });
const saveWithoutEnd = async () => {
  const { id, ...rest } = sampleRun();
  await activeflows.create({ id, ...rest }, sampleFrame(), []);
  for (let step = 1; step <= Number(lastStep); step++) {
    await activeflows.save(id, { position: samplePosition(step) }, [sampleFact({ activeflow_id: id }, { step })]);
    process.stdout.write(`${id} ${step}\n`);
  }
};
await Promise.all(Array.from({ length: PARALLEL_RUNS }, saveWithoutEnd));
await close();
