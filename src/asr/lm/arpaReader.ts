import type { Problem } from '../../shared/problem.ts';
import { parseDecimal } from './arpaNumber.ts';
import { createNgramModel, type NgramModel } from './ngramModel.ts';
import { createNgramTrie, type NgramTrie } from './ngramTrie.ts';
import { createWordTable, type WordTable } from './wordTable.ts';

/** Reads an ARPA file as its bytes come. */
export interface ArpaReader {
  push(chunk: Uint8Array): void;
  /** The model, unless a problem is an error. Problems carry their lines; the file is for the caller to add. */
  finish(): { model?: NgramModel; problems: Problem[] };
}

export const longestOrder = 5;
const mostProblems = 100;
/** A longer line belongs to no ARPA file: it would be held in memory for nothing. */
const longestLineBytes = 1 << 16;
/** Counts in the header are only claims: more room is made when the n-grams are really there. */
const mostRoomAtOnce = 1 << 22;

/**
 * ARPA back-off models (the format of SRILM and KenLM) up to order 5, log10 turned into natural logarithms. Every line
 * that does not fit is a problem of its own and the rest is still read, so that all of them are named at once.
 */
export function createArpaReader(): ArpaReader {
  const parser = createLineParser();
  let carry = new Uint8Array(0);
  const append = (more: Uint8Array) => {
    const joined = new Uint8Array(carry.length + more.length);
    joined.set(carry);
    joined.set(more, carry.length);
    carry = joined;
  };
  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        if (carry.length > 0) {
          append(chunk.subarray(start, end));
          parser.line(carry, 0, carry.length);
          carry = new Uint8Array(0);
        } else parser.line(chunk, start, end);
        start = end + 1;
      }
      if (carry.length + chunk.length - start > longestLineBytes) {
        parser.tooLong();
        carry = new Uint8Array(0);
      } else if (start < chunk.length) append(chunk.subarray(start));
    },
    finish() {
      if (carry.length > 0) parser.line(carry, 0, carry.length);
      return parser.finish();
    },
  };
}

interface Section {
  order: number;
  claimed: number;
  claimedLine: number;
  found: number;
}

interface ParserState {
  line: number;
  part: 'before' | 'data' | 'ngrams' | 'end';
  sections: Section[];
  /** Index in `sections` of the n-grams being read. */
  at: number;
  problems: Problem[];
  unnamed: number;
  words: WordTable;
  trie: NgramTrie;
  logs: Float32Array;
  backOffs: Float32Array;
}

interface Fields {
  starts: Int32Array;
  ends: Int32Array;
  count: number;
}

function createLineParser() {
  const state: ParserState = {
    line: 0,
    part: 'before',
    sections: [],
    at: -1,
    problems: [],
    unnamed: 0,
    words: createWordTable(),
    trie: createNgramTrie(),
    logs: new Float32Array(1 << 10),
    backOffs: new Float32Array(1 << 10),
  };
  const fields: Fields = { starts: new Int32Array(8), ends: new Int32Array(8), count: 0 };
  return {
    line(bytes: Uint8Array, start: number, end: number) {
      state.line++;
      const wrong = readLine(state, bytes, start, end, fields);
      if (wrong !== undefined) complain(state, wrong);
    },
    tooLong() {
      complain(state, `more than ${longestLineBytes} bytes without a line end; this is no ARPA file`);
    },
    finish: () => finish(state),
  };
}

/** Takes a line in, or says what is wrong with it; so do the readers of its kinds. */
function readLine(state: ParserState, bytes: Uint8Array, start: number, end: number, fields: Fields) {
  if (end - start > longestLineBytes) return `more than ${longestLineBytes} bytes in a line`;
  splitFields(bytes, start, end, fields);
  if (fields.count === 0 || state.part === 'end') return undefined;
  if (bytes[fields.starts[0]!] === backslash) return readMark(state, textOf(bytes, fields, 0));
  if (state.part === 'data') return readCount(state, decode(bytes, start, end).trim());
  return state.part === 'ngrams' ? readNgram(state, bytes, fields) : undefined;
}

const backslash = 92;

function complain(state: ParserState, message: string, line = state.line): void {
  if (state.problems.length >= mostProblems) state.unnamed++;
  else state.problems.push({ code: 'arpa', severity: 'error', message, line, column: 1 });
}

/** At most eight: a 5-gram with both its numbers has seven. */
function splitFields(bytes: Uint8Array, start: number, end: number, fields: Fields): void {
  fields.count = 0;
  let at = start;
  while (at < end && fields.count < 8) {
    while (at < end && isSpace(bytes[at]!)) at++;
    if (at >= end) return;
    fields.starts[fields.count] = at;
    while (at < end && !isSpace(bytes[at]!)) at++;
    fields.ends[fields.count++] = at;
  }
}

const isSpace = (byte: number) => byte === 32 || byte === 9 || byte === 13;
const decode = (bytes: Uint8Array, start: number, end: number) => new TextDecoder().decode(bytes.subarray(start, end));
const textOf = (bytes: Uint8Array, { starts, ends }: Fields, field: number) =>
  decode(bytes, starts[field]!, ends[field]!).slice(0, 80);

function readMark(state: ParserState, mark: string): string | undefined {
  if (mark === '\\data\\') {
    if (state.part !== 'before') return '\\data\\ a second time';
    state.part = 'data';
    return undefined;
  }
  // Other text may stand before the data.
  if (state.part === 'before') return undefined;
  if (mark === '\\end\\') {
    state.part = 'end';
    return undefined;
  }
  const order = Number(/^\\(\d+)-grams:$/.exec(mark)?.[1]);
  const expected = state.sections[state.at + 1]?.order;
  if (order <= state.sections.length) {
    state.part = 'ngrams';
    state.at = order - 1;
  }
  if (order === expected) return undefined;
  return `"${mark}" where ${expected === undefined ? '\\end\\' : `\\${expected}-grams:`} should stand`;
}

function readCount({ sections, line }: ParserState, text: string): string | undefined {
  const [, order, count] = /^ngram\s+(\d+)\s*=\s*(\d+)$/.exec(text) ?? [];
  if (order === undefined) return `"${text.slice(0, 80)}" where "ngram N=count" should stand`;
  if (Number(order) !== sections.length + 1)
    return `the count of ${order}-grams where that of ${sections.length + 1}-grams should stand`;
  if (Number(order) > longestOrder) return `a model of order ${order}; at most ${longestOrder} can be read`;
  sections.push({ order: Number(order), claimed: Number(count), claimedLine: line, found: 0 });
  return undefined;
}

function readNgram(state: ParserState, bytes: Uint8Array, fields: Fields): string | undefined {
  const section = state.sections[state.at]!;
  const { order } = section;
  const { starts, ends, count } = fields;
  section.found++;
  if (count !== order + 1 && count !== order + 2)
    return `${count > 7 ? 'more than 7' : count} fields; a ${order}-gram has ${order + 1} or ${order + 2}`;
  // Placed before its numbers are looked at, so that one bad number makes no problems of the lines that build on it.
  const node = placeNgram(state, bytes, fields, order);
  if (typeof node === 'string') return node;
  const log = parseDecimal(bytes, starts[0]!, ends[0]!);
  if (!(log <= 1e-6)) return `"${textOf(bytes, fields, 0)}" is no logarithm of a probability`;
  const backOff = count === order + 2 ? parseDecimal(bytes, starts[order + 1]!, ends[order + 1]!) : 0;
  if (Number.isNaN(backOff)) return `"${textOf(bytes, fields, order + 1)}" is no back-off weight`;
  state.logs[node] = log * Math.LN10;
  state.backOffs[node] = backOff * Math.LN10;
  return undefined;
}

/** The new node of an n-gram whose words and context are known, or what is wrong. */
function placeNgram(state: ParserState, bytes: Uint8Array, fields: Fields, order: number): number | string {
  const { words } = state;
  let context = 0;
  for (let i = 1; i < order; i++) {
    const word = words.find(bytes, fields.starts[i]!, fields.ends[i]!);
    const next = word < 0 ? -1 : state.trie.find(context, word);
    if (next < 0)
      return `its context "${decode(bytes, fields.starts[1]!, fields.ends[i]!).slice(0, 80)}" is not among the ${i}-grams`;
    context = next;
  }
  const [start, end] = [fields.starts[order]!, fields.ends[order]!];
  const word = order === 1 ? words.intern(bytes, start, end) : words.find(bytes, start, end);
  if (word < 0) return `the word "${textOf(bytes, fields, order)}" is not among the 1-grams`;
  if (order === 1 && state.trie.size === 1) makeRoom(state);
  const node = state.trie.size;
  if (state.trie.insert(context, word) !== node) return 'the same n-gram as on a line before';
  if (node >= state.logs.length) {
    state.logs = enlarged(state.logs);
    state.backOffs = enlarged(state.backOffs);
  }
  return node;
}

function makeRoom(state: ParserState): void {
  const claimed = state.sections.reduce((sum, section) => sum + section.claimed, 0);
  const room = Math.min(claimed, mostRoomAtOnce) + 1;
  state.trie = createNgramTrie(room);
  state.logs = new Float32Array(room);
  state.backOffs = new Float32Array(room);
}

function enlarged(from: Float32Array): Float32Array {
  const to = new Float32Array(2 * from.length);
  to.set(from);
  return to;
}

function finish(state: ParserState): { model?: NgramModel; problems: Problem[] } {
  const { part, sections, problems, words, trie, logs, backOffs } = state;
  if (part === 'before') complain(state, 'no \\data\\ in it; this is no ARPA file', 1);
  else if (part !== 'end') complain(state, 'it ends before \\end\\; it is not whole');
  for (const { order, claimed, claimedLine, found } of sections)
    if (claimed !== found) complain(state, `${claimed} ${order}-grams are announced, ${found} follow`, claimedLine);
  if (part === 'end' && words.size === 0) complain(state, 'it has no 1-grams');
  if (state.unnamed > 0)
    problems.push({ code: 'arpa', severity: 'error', message: `and ${state.unnamed} more problems`, line: state.line });
  if (problems.length > 0) return { problems };
  const order = sections.filter(({ found }) => found > 0).length;
  const model = createNgramModel({ order, words, trie, logProbabilities: logs, backOffs });
  return { model, problems: missingSymbols(model) };
}

function missingSymbols({ hasUnknown, end, begin, order }: NgramModel): Problem[] {
  const warn = (message: string): Problem => ({ code: 'arpa-symbols', severity: 'warning', message });
  return [
    ...(hasUnknown ? [] : [warn('it has no <unk>: words it does not know are as good as impossible')]),
    ...(end < 0 ? [warn('it has no </s>: the end of a sentence is not scored')] : []),
    ...(begin === 0 && order > 1 ? [warn('it has no <s>: the first word is scored without a context')] : []),
  ];
}
