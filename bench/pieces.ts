import { type BlockBench, benches as conformerBenches } from './conformer.ts';
import { benchFile, compareSides, option, startSide, torchEnvironment, torchVersion } from './sides.ts';

/**
 * Parts of a training step beside PyTorch's, forward and backward, in turns within one run.
 * `npm run bench:pieces [-- --steps 15 --threads 2 --python /usr/bin/python3 --only lstm,ctc,adamw,conformer]`
 */
export type PieceBench =
  | { piece: 'lstm'; frames: number; batch: number; inputs: number; hidden: number; layers: number }
  | { piece: 'ctc'; frames: number; batch: number; vocabulary: number; tokens: number }
  | { piece: 'adamw'; sizes: number[] };

interface Piece {
  /** The largest ratio of the medians that passes. */
  goal: number;
  title: string;
  /** Ours and PyTorch's; by default piecesOurs.ts and pieces_torch.py, which have a case for each piece. */
  files?: readonly [ours: string, torch: string];
  bench: PieceBench | BlockBench;
}

const pieces: Record<string, Piece> = {
  lstm: {
    goal: 0.7,
    title: 'two bidirectional LSTM layers of 256, 248 frames × 8',
    bench: { piece: 'lstm', frames: 248, batch: 8, inputs: 256, hidden: 256, layers: 2 },
  },
  ctc: {
    goal: 1,
    title: 'log-softmax and CTC, 400 frames × 16, 100 tokens of 32',
    bench: { piece: 'ctc', frames: 400, batch: 16, vocabulary: 32, tokens: 100 },
  },
  adamw: {
    goal: 1,
    title: 'AdamW of 6.1 M parameters, PyTorch with foreach',
    bench: { piece: 'adamw', sizes: [2_621_440, 2_621_440, 524_288, 368_640, 16_384] },
  },
  conformer: {
    ...conformerBenches.base!,
    title: 'one conformer block of 256, 200 frames × 8',
    files: ['conformerOurs.ts', 'conformer_torch.py'],
  },
};

async function compare(name: string, steps: number, threads: number, python: string): Promise<boolean> {
  const { goal, title, bench, files: [ours, torch] = ['piecesOurs.ts', 'pieces_torch.py'] } = pieces[name]!;
  const argument = JSON.stringify({ ...bench, threads });
  const { ratio, text } = await compareSides(
    {
      ours: startSide(process.execPath, [benchFile(ours), argument], {}),
      torch: startSide(python, [benchFile(torch), argument], torchEnvironment),
    },
    steps,
  );
  console.log(`${name} (${title}): ${text}, bar ${goal} ${ratio <= goal ? 'met' : 'MISSED'}`);
  return ratio <= goal;
}

const python = option('python', '/usr/bin/python3');
const threads = Number(option('threads', '2'));
console.log(
  `${threads} threads each; PyTorch ${torchVersion(python)}, OPENBLAS_NUM_THREADS=1; medians of interleaved steps`,
);
let passed = true;
for (const name of option('only', Object.keys(pieces).join()).split(',')) {
  passed = (await compare(name, Number(option('steps', '15')), threads, python)) && passed;
}
process.exitCode = passed ? 0 : 1;
