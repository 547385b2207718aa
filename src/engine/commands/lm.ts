import { longestOrder } from '../../asr/lm/arpaReader.ts';
import { type Discounts, estimateKneserNey } from '../../asr/lm/kneserNey.ts';
import { createNgramCounter, type NgramCounts } from '../../asr/lm/ngramCounter.ts';
import type { NgramModel } from '../../asr/lm/ngramModel.ts';
import { nothingScored, perplexityOf, scoreSentence } from '../../asr/lm/perplexity.ts';
import { pruneNgrams } from '../../asr/lm/pruneNgrams.ts';
import { renderArpa } from '../../asr/lm/renderArpa.ts';
import type { TextConfig } from '../../asr/transcript.ts';
import { UserError } from '../../shared/problem.ts';
import { checkOutput, writeError } from '../../training/fileError.ts';
import { readLanguageModel } from '../../training/languageModelFile.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import { type ParsedArguments, UsageError } from '../arguments.ts';
import { readSentences } from '../model/languageModelText.ts';
import type { Terminal } from '../terminal.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const [what, file] = args.operands;
  const text = { case: (args.text('case') ?? 'as-is') as TextConfig['case'] };
  const sentences = () => readSentences(args.texts('text'), text, terminal.report);
  if (what === 'perplexity') {
    if (file === undefined) throw new UsageError('lm perplexity needs <x.arpa>; see "asr lm --help"');
    return showPerplexity(file, sentences(), terminal);
  }
  if (what !== 'train') throw new UsageError(`lm ${what}: expected train or perplexity; see "asr lm --help"`);
  if (file !== undefined) throw new UsageError(`lm train: unexpected "${file}"; texts are given with --text`);
  return trainModel(args, sentences, terminal);
}

async function trainModel(
  args: ParsedArguments,
  sentences: () => AsyncIterable<string[]>,
  terminal: Terminal,
): Promise<number> {
  const out = args.text('out');
  if (out === undefined) throw new UsageError('lm train needs --out <x.arpa>; see "asr lm --help"');
  checkOutput(out, 'language model');
  const order = args.number('order', { min: 1, max: longestOrder, integer: true }) ?? 3;
  const thresholds = readThresholds(args.text('prune'));
  const minCount = args.number('min-count', { min: 1, max: 1e9, integer: true }) ?? 1;
  const counter = createNgramCounter(order, minCount > 1 ? await frequentWords(sentences(), minCount) : undefined);
  for await (const words of sentences()) counter.add(words);
  const counted = counter.finish();
  if (counted.sentences === 0) throw new UserError(`${args.texts('text').join(', ')}: no text`);
  const { model: full, discounts } = estimateKneserNey(counted);
  const model = thresholds ? pruneNgrams(full, counted, thresholds) : full;
  const encoder = new TextEncoder();
  const content = [...renderArpa(model)].map((part) => encoder.encode(part));
  await replaceFile(out, content).catch((error: unknown) => {
    throw writeError(error, out, 'language model');
  });
  describe(terminal, { out, counted, model, discounts });
  return 0;
}

interface Trained {
  out: string;
  counted: NgramCounts;
  model: NgramModel;
  discounts: readonly Discounts[];
}

function describe(terminal: Terminal, { out, counted, model, discounts }: Trained): void {
  const { sentences, tokens, unknownTokens } = counted;
  terminal.print(`${sentences} sentences, ${tokens} words, ${model.counts[0]! - 3} of them different`);
  if (unknownTokens > 0) terminal.print(`${unknownTokens} rare words became <unk>`);
  for (const { order, values, assumed } of discounts)
    terminal.print(
      `${order}-grams: ${model.counts[order - 1]}, discounts ${values.map((value) => value.toFixed(3)).join(' ')}${
        assumed ? ' (the usual ones: too little text to estimate them)' : ''
      }`,
    );
  terminal.print(`${out}: modified Kneser-Ney, order ${model.order}`);
  terminal.result({ file: out, order: model.order, ngrams: model.counts, sentences, tokens, unknownTokens, discounts });
}

/** Words that occur at least so often. */
async function frequentWords(sentences: AsyncIterable<string[]>, minCount: number): Promise<(word: string) => boolean> {
  const counts = new Map<string, number>();
  for await (const words of sentences) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (word) => counts.get(word)! >= minCount;
}

function readThresholds(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const thresholds = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  if (thresholds.some(Number.isNaN) || thresholds[0] !== 0)
    throw new UsageError(`--prune is "${text}"; expected whole numbers by order, the first 0, such as 0,0,1`);
  return thresholds;
}

async function showPerplexity(file: string, sentences: AsyncIterable<string[]>, terminal: Terminal): Promise<number> {
  const model = await readLanguageModel(file, terminal.report);
  let score = nothingScored;
  for await (const words of sentences) score = scoreSentence(model, words, score);
  if (score.sentences === 0) throw new UserError('no text');
  const { withoutUnknown, withUnknown } = perplexityOf(score);
  const { words, unknown } = score;
  terminal.print(`${score.sentences} sentences, ${words} words, ${unknown} of them unknown to ${file}`);
  terminal.print(
    `perplexity ${withoutUnknown.toFixed(2)} without unknown words, ${withUnknown.toFixed(2)} with them; sentence ends count`,
  );
  terminal.result({ sentences: score.sentences, words, unknown, perplexity: withoutUnknown, withUnknown });
  return 0;
}
