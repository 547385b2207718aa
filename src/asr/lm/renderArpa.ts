import type { NgramModel } from './ngramModel.ts';
import { wordsOfNode } from './ngramTrie.ts';

/** A model as the text of an ARPA file, in pieces; logarithms to base 10 with seven digits. */
export function* renderArpa(model: NgramModel): Generator<string> {
  const { counts, order, trie, words, logProbabilities, backOffs } = model;
  yield ['\\data\\', ...counts.map((count, i) => `ngram ${i + 1}=${count}`), ''].join('\n');
  const hasChild = new Uint8Array(trie.size);
  for (let node = 1; node < trie.size; node++) hasChild[trie.parentOf(node)] = 1;
  for (let n = 1; n <= order; n++) {
    const lines = ['', `\\${n}-grams:`];
    for (let node = 1; node < trie.size; node++) {
      if (trie.orderOf(node) !== n) continue;
      const text = wordsOfNode(trie, node)
        .map((word) => words.textOf(word))
        .join(' ');
      const backOff = hasChild[node] ? `\t${log10(backOffs[node]!)}` : '';
      lines.push(`${log10(logProbabilities[node]!)}\t${text}${backOff}`);
      if (lines.length >= 4096) yield `${lines.splice(0).join('\n')}\n`;
    }
    if (lines.length > 0) yield `${lines.join('\n')}\n`;
  }
  yield '\n\\end\\\n';
}

/** Nothing is impossible in an ARPA file: −99 stands for that. */
function log10(natural: number): string {
  const value = Math.max(-99, natural / Math.LN10);
  return value === 0 ? '0' : String(Number(value.toPrecision(7)));
}
