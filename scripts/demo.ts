// The whole way in a few minutes: a small spoken corpus, lint, training, held-out error rate, a transcript with times.
//   npm run demo                        synthetic voices
//   npm run demo -- --corpus DIR        recorded speech: a folder with train.jsonl and dev.jsonl
//   further: --config FILE (template, default examples/demo.asr.yaml or examples/digits.asr.yaml), --out DIR, --set key=value
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseManifest, type Utterance } from '../src/asr/manifest.ts';
import { applySet } from '../src/shared/config/applySet.ts';
import { makeDemoCorpus } from './demoCorpus.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    config: { type: 'string' },
    out: { type: 'string', default: join(root, 'demo') },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const folder = resolve(values.out);
const started = performance.now();
const say = (text: string) => console.log(text);
const heading = (text: string) => console.log(`\n== ${text}`);

/** Runs the engine as a user would; Ctrl-C reaches it directly, and its own exit code is passed on. Piped, its talk is shown only on failure. */
async function engine(args: string[], output: 'inherit' | 'pipe'): Promise<{ status: number; text: string }> {
  say(`$ asr ${args.join(' ')}`);
  const child = spawn(process.execPath, [join(root, 'dist/engine.js'), ...args], {
    cwd: folder,
    stdio: ['ignore', output, output],
  });
  let text = '';
  let talk = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    talk += bytes.toString();
  });
  const status = await new Promise<number>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done(code ?? 130));
  });
  if (status !== 0) process.stderr.write(talk);
  return { status, text };
}

async function must(args: string[], output: 'inherit' | 'pipe'): Promise<string> {
  const { status, text } = await engine(args, output);
  if (status !== 0) process.exit(status);
  return text;
}

/** Makes the corpus once; the same code and size make the same corpus. */
async function syntheticCorpus(): Promise<string> {
  const size = { seed: 1, trainUtterances: 600, devUtterances: 80 };
  const source = readFileSync(join(import.meta.dirname, 'demoCorpus.ts'));
  const wanted = createHash('sha256').update(source).update(JSON.stringify(size)).digest('hex');
  const stamp = join(folder, '.corpus');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return folder;
  rmSync(join(folder, 'wav'), { recursive: true, force: true });
  let shown = 0;
  await makeDemoCorpus({
    ...size,
    folder,
    progress(done, all) {
      if (done < all && performance.now() - shown < 1000) return;
      shown = performance.now();
      process.stderr.write(
        process.stderr.isTTY
          ? `\r${done} of ${all} recordings${done === all ? '\n' : ''}`
          : `${done} of ${all} recordings\n`,
      );
    },
  });
  writeFileSync(stamp, wanted);
  return folder;
}

function writeConfig(corpus: string): string {
  const template = values.config ?? join(root, 'examples', values.corpus ? 'digits.asr.yaml' : 'demo.asr.yaml');
  const paths = (name: string) => JSON.stringify([relative(folder, join(corpus, name)).replaceAll('\\', '/')]);
  const changes = [`data.train=${paths('train.jsonl')}`, `data.dev=${paths('dev.jsonl')}`, ...values.set];
  const name = `${values.corpus ? 'recorded' : 'demo'}.asr.yaml`;
  writeFileSync(join(folder, name), changes.reduce(applySet, readFileSync(template, 'utf8')));
  return name;
}

/** Utterances of the development part: their speakers are not trained on. */
function heldOut(corpus: string): Utterance[] {
  const file = join(corpus, 'dev.jsonl');
  const { utterances } = parseManifest(readFileSync(file, 'utf8'), file);
  if (utterances.length === 0) throw new Error(`${file} holds no utterances`);
  return utterances;
}

interface Evaluation {
  wer: number;
  cer: number;
  interval95: [number, number];
  wordErrors: { words: number };
  realTimeFactor: number;
}

interface Transcript {
  audioFilepath: string;
  text: string;
  words: { text: string; startSec: number; endSec: number; confidence: number }[];
}

const percent = (rate: number) => `${(100 * rate).toFixed(1)} %`;

function showTranscript({ text, words }: Transcript, utterance: Utterance): void {
  say(`\n${utterance.audioFilepath}${utterance.speaker ? ` (speaker ${utterance.speaker}, not trained on)` : ''}`);
  say(`  said:  ${utterance.text}`);
  say(`  heard: ${text}`);
  for (const word of words) {
    say(
      `  ${word.startSec.toFixed(2).padStart(6)}–${word.endSec.toFixed(2)} s  ${word.text}  (${percent(word.confidence)})`,
    );
  }
}

function sayHowToOpen(config: string, run: string): void {
  const code =
    spawnSync('code', ['--version'], { stdio: 'ignore' }).status === 0 ? 'code' : 'VS Code: File → Open Folder…';
  heading('In VS Code');
  say(`1. npm run package, then install out/asr-workbench-*.vsix with "Extensions: Install from VSIX…"`);
  say(`2. ${code} ${folder}`);
  say(`3. Open ${config} and run "ASR: Train" from the Command Palette; "ASR: Transcribe File" uses the newest run.`);
  say(`   Open a .wav to see its mel spectrogram. This run is in ${join(folder, run)}.`);
}

mkdirSync(folder, { recursive: true });
process.on('SIGINT', () => undefined);

heading(
  values.corpus ? `Recorded speech in ${values.corpus}` : 'Making a small corpus of synthetic voices (eSpeak NG)',
);
const corpus = values.corpus ? resolve(process.env.INIT_CWD ?? '.', values.corpus) : await syntheticCorpus();
for (const name of ['train.jsonl', 'dev.jsonl']) {
  if (existsSync(join(corpus, name))) continue;
  process.stderr.write(`demo: ${join(corpus, name)} is missing; "asr prepare" makes manifests from a corpus\n`);
  process.exit(1);
}
const config = writeConfig(corpus);
const utterances = heldOut(corpus);

heading('Checking config and data');
const lint = await engine(['lint', config], 'inherit');
if (lint.status > 1) process.exit(lint.status);

heading('Training');
const run = `runs/demo-${new Date().toISOString().replace(/[:.]/g, '-')}`;
await must(['train', config, '--run-dir', run], 'inherit');

heading('Word error rate on speakers that were not trained on');
const manifest = relative(folder, join(corpus, 'dev.jsonl'));
const evaluation: Evaluation = JSON.parse(await must(['evaluate', run, '--manifest', manifest, '--json'], 'pipe'));
const [low, high] = evaluation.interval95.map(percent);
say(
  `WER ${percent(evaluation.wer)} (95 %: ${low} to ${high}) on ${evaluation.wordErrors.words} words; CER ${percent(evaluation.cer)}; greedy, no language model; ${(1 / evaluation.realTimeFactor).toFixed(0)}× real time`,
);

heading('Transcripts of recordings the model has not heard');
const chosen = [0, Math.floor(utterances.length / 2)].map((i) => utterances[i]!);
const files = chosen.map(({ audioFilepath }) => relative(folder, resolve(corpus, audioFilepath)));
const transcripts: Transcript[] = JSON.parse(await must(['transcribe', run, ...files, '--json'], 'pipe'));
transcripts.forEach((transcript, i) => {
  showTranscript(transcript, chosen[i]!);
});

sayHowToOpen(config, run);
say(`\nDone in ${((performance.now() - started) / 60_000).toFixed(1)} minutes.`);
