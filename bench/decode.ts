import { type BeamOptions, ctcPrefixBeam } from '../src/asr/beam/ctcPrefixBeam.ts';
import { createHotwords } from '../src/asr/beam/hotwords.ts';
import { createTextScorer } from '../src/asr/beam/textScorer.ts';
import { decodeGreedy } from '../src/asr/ctcGreedy.ts';
import { estimateKneserNey } from '../src/asr/lm/kneserNey.ts';
import { createNgramCounter } from '../src/asr/lm/ngramCounter.ts';
import { createCharTokenizer } from '../src/asr/tokenizer.ts';
import { createRandom } from '../src/shared/random.ts';

/**
 * How much faster than real time text is read from CTC outputs on one core, at 25 frames a second and 29 units: peaked
 * outputs as of a trained model (most frames blank, the rest mostly sure) and flat ones as of a poor one.
 * Bars: greedy 200×, beam 50×. `npm run bench:decode [-- 16,32]` names the beam widths.
 */
const framesPerSec = 25;
const seconds = 60;
const bars = { greedy: 200, beam: 50 };
const widths = (process.argv[2] ?? '16,32').split(',').map(Number);

const tokenizer = createCharTokenizer({ case: 'upper', keep: "ABCDEFGHIJKLMNOPQRSTUVWXYZ' " });
const { vocabulary } = tokenizer;
const words = drawWords(2000);
const model = trainModel();
const hotwords = createHotwords(words.slice(0, 100), 2, true);
const plain = createTextScorer({ vocabulary, wordBonus: 0 });
const full = createTextScorer({ vocabulary, wordBonus: 1, languageModel: { model, weight: 0.7 }, hotwords });

let missed = false;
for (const [name, doubt] of [
  ['peaked', 0.06],
  ['flat', 0.5],
] as const) {
  const logs = drawLogs(doubt);
  const frames = framesPerSec * seconds;
  report(`${name}, greedy`, bars.greedy, () => void decodeGreedy(logs, frames, vocabulary.length));
  for (const beamWidth of widths)
    for (const [what, scorer] of Object.entries({ 'no language model': plain, 'language model and hotwords': full })) {
      const options: BeamOptions = { vocabulary, scorer, beamWidth };
      report(`${name}, beam ${beamWidth}, ${what}`, bars.beam, () => void ctcPrefixBeam(logs, frames, options));
    }
}
process.exitCode = missed ? 1 : 0;

function report(what: string, bar: number, work: () => void): void {
  const rates: number[] = [];
  for (let round = 0; round < 5; round++) {
    // Processor time: other programs may share the machine.
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    rates.push(seconds / Math.max(1e-6, (user + system) / 1e6));
  }
  const rate = rates.sort((a, b) => a - b)[rates.length >> 1]!;
  if (rate < bar) missed = true;
  console.log(`${what}: ${rate.toFixed(0)}× real time, bar ${bar} ${rate >= bar ? 'met' : 'MISSED'}`);
}

function drawWords(count: number): string[] {
  const random = createRandom('words');
  const letters = 'EEEETTTAAAOOOIINNSSHHRRDLUCMWFGYPBVK';
  return Array.from({ length: count }, () =>
    Array.from({ length: 2 + random.below(7) }, () => letters[random.below(letters.length)]).join(''),
  );
}

function drawSentence(random: ReturnType<typeof createRandom>, length: number): string[] {
  return Array.from({ length }, () => words[Math.floor(words.length * random.next() ** 3)]!);
}

function trainModel() {
  const random = createRandom('text');
  const counter = createNgramCounter(3);
  for (let i = 0; i < 5000; i++) counter.add(drawSentence(random, 3 + random.below(12)));
  return estimateKneserNey(counter.finish()).model;
}

/** A text at 12 characters a second, each a spike in blanks; `doubt` is what goes to other units. */
function drawLogs(doubt: number): Float32Array {
  const random = createRandom('outputs', doubt);
  const encoded = tokenizer.encode(drawSentence(random, (12 * seconds) / 4).join(' '));
  if ('problem' in encoded) throw new Error(encoded.problem.message);
  const size = vocabulary.length;
  const logs = new Float32Array(framesPerSec * seconds * size);
  for (let frame = 0; frame < framesPerSec * seconds; frame++) {
    const token = frame % 2 === 0 ? (encoded.tokens[frame >> 1] ?? 0) : 0;
    const noise = Array.from({ length: size }, () => Math.exp(2 * random.normal()));
    const total = noise.reduce((sum, x) => sum + x, 0);
    const share = Math.min(0.95, 2 * doubt * random.next());
    for (let unit = 0; unit < size; unit++)
      logs[frame * size + unit] = Math.log((share * noise[unit]!) / total + (unit === token ? 1 - share : 0));
  }
  return logs;
}
