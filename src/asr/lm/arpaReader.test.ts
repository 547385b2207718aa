import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { createArpaReader } from './arpaReader.ts';
import type { NgramModel } from './ngramModel.ts';
import { wordsOfNode } from './ngramTrie.ts';
import { nothingScored, scoreSentence } from './perplexity.ts';

const tiny = readFileSync(join(import.meta.dirname, '../../../test/fixtures/lm/tiny.arpa'));

function read(bytes: Uint8Array, sizes: () => number = () => bytes.length) {
  const reader = createArpaReader();
  for (let at = 0; at < bytes.length; ) {
    const size = Math.max(1, sizes());
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  return reader.finish();
}

/** log10 of each word and the end. */
function steps(model: NgramModel, sentence: string): number[] {
  let context = model.begin;
  const logs = [...sentence.split(' ').map((word) => model.wordId(word)), model.end].map((word) => {
    const log = model.logProbability(context, word) / Math.LN10;
    context = model.contextAfter(context, word);
    return Number(log.toFixed(5));
  });
  return logs;
}

test('scores as by hand, along back-off chains and over unknown words', () => {
  const { model, problems } = read(tiny);
  expect(problems).toEqual([]);
  expect(model!.counts).toEqual([6, 4, 2]);
  // Bigram, trigram, trigram.
  expect(steps(model!, 'go now')).toEqual([-0.3, -0.1, -0.2]);
  // bow(<s>) + stop; stop now; bow(stop now) 0 + now </s>.
  expect(steps(model!, 'stop now')).toEqual([-1.10103, -0.4, -0.6]);
  // bow(<s>) + <unk>; nothing follows <unk>: now; bow(now) + stop; bow(stop) + </s>.
  expect(steps(model!, 'zebra now stop')).toEqual([-1.80103, -1.1, -0.75, -1]);
  // <s> go; bow(<s> go) + bow(go) + stop; bow(stop) + go; bow(go) + </s>.
  expect(steps(model!, 'go stop go')).toEqual([-0.3, -1.25, -0.8, -1.1]);
  // go now after a context that is no trigram's: bow(go now) is not in "stop go now".
  expect(steps(model!, 'stop go now now')).toEqual([-1.10103, -0.8, -0.5, -1.2, -0.6]);
  expect(scoreSentence(model!, ['go', 'now'], nothingScored).knownLog).toBeCloseTo(-0.6 * Math.LN10, 5);
});

test('is the same however the bytes come, with CRLF and text before the data', () => {
  const random = createRandom('chunks');
  const whole = read(tiny).model!;
  const windows = Buffer.from(`made by hand\n\n${tiny.toString().replaceAll('\n', '\r\n')}`);
  for (const bytes of [tiny, windows])
    for (let round = 0; round < 5; round++) {
      const { model } = read(bytes, () => random.below(round === 0 ? 2 : 40));
      expect(model!.logProbabilities.slice(0, model!.trie.size)).toEqual(
        whole.logProbabilities.slice(0, whole.trie.size),
      );
      const last = wordsOfNode(model!.trie, model!.trie.size - 1).map((word) => model!.words.textOf(word));
      expect(last).toEqual(['go', 'now', '</s>']);
    }
});

test('names every line that does not fit', () => {
  const lines = tiny.toString().split('\n');
  const broken = (changes: Record<number, string>) =>
    read(Buffer.from(lines.map((line, i) => changes[i + 1] ?? line).join('\n'))).problems.map(
      ({ line, message }) => `${line}: ${message}`,
    );
  expect(
    broken({ 10: '0.7\tgo\t-0.2', 12: '-1.1\tnow\tx', 15: '-0.3\t<s>', 16: '-0.5\tgo home', 21: '-0.1\tgo home now' }),
  ).toEqual([
    '10: "0.7" is no logarithm of a probability',
    '12: "x" is no back-off weight',
    '15: 2 fields; a 2-gram has 3 or 4',
    '16: the word "home" is not among the 1-grams',
    '21: its context "go home" is not among the 2-grams',
    '22: its context "go now" is not among the 2-grams',
  ]);
});

test('names what is missing, doubled or cut off', () => {
  const text = tiny.toString();
  const messages = (changed: string) => read(Buffer.from(changed)).problems.map(({ message }) => message);
  expect(messages('go now\n')).toEqual(['no \\data\\ in it; this is no ARPA file']);
  expect(messages(text.slice(0, text.indexOf('\\3-grams')))).toEqual([
    'it ends before \\end\\; it is not whole',
    '2 3-grams are announced, 0 follow',
  ]);
  expect(messages(text.replace('-0.4\tstop now', '-0.4\tgo now'))).toEqual(['the same n-gram as on a line before']);
  expect(messages(text.replace('\\2-grams:', '\\3-grams:'))[0]).toBe('"\\3-grams:" where \\2-grams: should stand');
  expect(messages(text.replace('-1.5\t<unk>\n', '').replace('1=6', '1=5'))).toEqual([
    'it has no <unk>: words it does not know are as good as impossible',
  ]);
  expect(messages('x'.repeat(1 << 17))[0]).toContain('this is no ARPA file');
  expect(messages(`\\data\\\n${[1, 2, 3, 4, 5, 6].map((n) => `ngram ${n}=1`).join('\n')}\n\\end\\\n`)).toContain(
    'a model of order 6; at most 5 can be read',
  );
  // A header may claim what it likes.
  expect(messages(text.replace('3=2', '3=99999999999'))).toEqual(['99999999999 3-grams are announced, 2 follow']);
});
