import { parseArgs } from 'node:util';
import { readExperimentFile } from '../../src/engine/experimentFile.ts';
import { createTerminal } from '../../src/engine/terminal.ts';
import { train } from '../../src/engine/train/trainRun.ts';

/** `asr train` that samples its resources so often that minutes pass in seconds: `sampledTrain.ts <config> <run> <ms>`. */
const [configFile, runDirectory, sampleEveryMs] = parseArgs({ allowPositionals: true }).positionals;
const { experiment, problems } = await readExperimentFile(configFile!, []);
if (!experiment) throw new Error(problems[0]?.message);
const terminal = createTerminal(false, { out: process.stdout, error: process.stderr }, () => performance.now());
process.on('SIGINT', () => terminal.interrupt());
await train({
  experiment,
  configFile: configFile!,
  runDirectory,
  resume: false,
  threads: 1,
  device: 'cpu',
  launched: undefined,
  from: undefined,
  profileSteps: undefined,
  terminal,
  sampleEveryMs: Number(sampleEveryMs),
});
process.exit(0);
