import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AlignedReference,
  type HeardStretch,
  type InspectedStretch,
  isInspectedStretch,
  type ListenAnswer,
} from '../src/shared/protocol/listen.ts';
import { engineFile, runEngine } from './faults/engineProcess.ts';
import { childrenOf } from './faults/processTree.ts';
import { writeTalkativeCheckpoint } from './talkativeModel.ts';
import { toneModel, toneWav } from './toneModel.ts';

/** `asr listen` as an editor uses it: a real process, a real model whose answers are known. */
let folder: string;
let engine: ChildProcessWithoutNullStreams;
const answers = new Map<number, (answer: ListenAnswer) => void>();
const progresses = new Map<number, (share: number) => void>();
let nextId = 0;
const inFolder = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'listen-'));
  writeFileSync(inFolder('a.onnx'), await toneModel());
  writeFileSync(inFolder('b.onnx'), await toneModel(['sieben', 'zwei', 'neun', 'Uhr', 'Sommer']));
  writeFileSync(inFolder('letters.onnx'), await toneModel([...'abcde'], ''));
  writeFileSync(inFolder('one.wav'), toneWav(['seven', 'two', 'seven']));
  engine = spawn(process.execPath, [engineFile, 'listen', '--memory', '1', '--threads', '1']);
  createInterface({ input: engine.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as ListenAnswer;
    if ('progress' in answer) progresses.get(answer.id)?.(answer.progress);
    else answers.get(answer.id)?.(answer);
  });
});
afterAll(() => {
  engine.kill();
  rmSync(folder, { recursive: true, force: true });
});

function ask(call: object, progress?: (share: number) => void): { id: number; answer: Promise<ListenAnswer> } {
  const id = ++nextId;
  if (progress) progresses.set(id, progress);
  const answer = new Promise<ListenAnswer>((resolve) => answers.set(id, resolve));
  engine.stdin.write(`${JSON.stringify({ id, ...call })}\n`);
  return { id, answer };
}
const hear = (model: string, audio = 'one.wav', range = {}) =>
  ask({ call: 'transcribe', model: inFolder(model), audio: inFolder(audio), ...range });
async function heard(model: string, audio?: string, range?: object): Promise<HeardStretch> {
  const answer = await hear(model, audio, range).answer;
  if (!('result' in answer)) throw new Error(JSON.stringify(answer));
  return answer.result as HeardStretch;
}
async function inspect(
  model: string,
  audio: string,
  range: object,
  progress?: (share: number) => void,
): Promise<InspectedStretch> {
  const call = { call: 'inspect', model: inFolder(model), audio: inFolder(audio), ...range };
  const answer = await ask(call, progress).answer;
  if (!('result' in answer) || !isInspectedStretch(answer.result)) throw new Error(JSON.stringify(answer));
  return answer.result;
}
function wordsOf(alignment: AlignedReference | undefined) {
  if (!alignment || 'problem' in alignment) throw new Error(JSON.stringify(alignment));
  return alignment.words;
}
/** The processes of graphs. */
const graphProcesses = (): number[] => childrenOf(engine.pid!);

describe('asr listen', () => {
  it('hears what the command line hears, and keeps the model', async () => {
    const { text, words, startSec, endSec, textCase } = await heard('a.onnx');
    expect(text).toBe('seven two seven');
    expect({ startSec, endSec, textCase }).toEqual({ startSec: 0, endSec: 1, textCase: 'as-is' });
    for (const [i, word] of words.entries()) {
      expect(word.startSec).toBeCloseTo(0.1 + 0.3 * i, 1);
      expect(word.endSec).toBeCloseTo(0.3 + 0.3 * i, 1);
    }
    const before = graphProcesses();
    expect(before).toHaveLength(1);
    const part = await heard('a.onnx', 'one.wav', { startSec: 0.35, endSec: 0.65 });
    expect(part.text).toBe('two');
    expect(part.words[0]!.startSec).toBeCloseTo(0.4, 1);
    expect(graphProcesses()).toEqual(before);
    const { stdout } = await runEngine('transcribe', inFolder('a.onnx'), inFolder('one.wav'), '--json');
    expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ text, words })]);
  });

  it('shows the probabilities that text is read from', async () => {
    const { text, words } = await heard('a.onnx');
    const found = await inspect('a.onnx', 'one.wav', { startSec: 0, endSec: 1 });
    expect(found).toMatchObject({ text, words, alignments: [] });
    const { posteriors } = found;
    if ('reason' in posteriors) throw new Error(posteriors.reason);
    expect(posteriors).toMatchObject({ frameSec: 0.01, rows: 3, pieces: [{ startSec: 0, frames: posteriors.frames }] });
    expect(posteriors.units.slice(0, 3)).toEqual(['', ' seven', ' two']);
    const bytes = Buffer.from(posteriors.probabilities, 'base64');
    const tops = Buffer.from(posteriors.topUnits, 'base64');
    const best = Array.from(
      { length: posteriors.frames },
      (_, frame) => posteriors.units[tops.readUInt16LE(2 * posteriors.topCount * frame)]!,
    );
    expect(best.filter((unit, i) => unit !== '' && unit !== best[i - 1]).join('')).toBe(` ${text}`);
    // A word is as sure as its surest frame.
    for (const { text: word, startSec, endSec, confidence } of words) {
      const row = posteriors.units.indexOf(` ${word}`);
      const frames = bytes.filter((_, i) => {
        const sec = Math.floor(i / posteriors.rows) * 0.01 + 0.005;
        return i % posteriors.rows === row && sec > startSec && sec < endSec;
      });
      expect(Math.abs(Math.max(...frames) / 255 - confidence)).toBeLessThanOrEqual(0.5 / 255);
    }
  });

  it('aligns references as asr align does, and says which cannot be', async () => {
    const whole = { startSec: 0, endSec: 1, text: 'aba' };
    const references = [whole, { startSec: 0.35, endSec: 0.65, text: 'b' }, { ...whole, endSec: 2 }];
    const range = { startSec: 0, endSec: 1, references: [...references, { ...whole, text: 'xx' }] };
    const { alignments } = await inspect('letters.onnx', 'one.wav', range);
    writeFileSync(inFolder('align.jsonl'), JSON.stringify({ audio_filepath: 'one.wav', text: 'aba' }));
    const argv = ['align', inFolder('letters.onnx'), '--manifest', inFolder('align.jsonl'), '--json'];
    const { utterances } = JSON.parse((await runEngine(...argv)).stdout) as { utterances: { words: object[] }[] };
    expect(alignments[0]).toMatchObject({ ...whole, words: utterances[0]!.words });
    expect(alignments[1]).toMatchObject({ words: [{ text: 'b' }], tokens: [{ text: 'b' }] });
    const { startSec, endSec } = wordsOf(alignments[1])[0]!;
    expect([startSec, endSec]).toEqual([expect.closeTo(0.4, 1), expect.closeTo(0.6, 1)]);
    expect(alignments[2]).toMatchObject({ problem: expect.stringContaining('only a part') });
    expect(alignments[3]).toMatchObject({ problem: expect.stringContaining('outside the alphabet') });
  });

  it('aligns what was heard in several pieces without drifting, and tells how far it is', async () => {
    const spoken = Array.from({ length: 200 }, (_, i) => (['seven', 'two', 'nine'] as const)[(7 * i + (i >> 2)) % 3]!);
    writeFileSync(inFolder('long.wav'), toneWav(spoken));
    const letter = { seven: 'a', two: 'b', nine: 'c' };
    const text = spoken.map((word) => letter[word]).join('');
    const durationSec = 0.1 + 0.3 * spoken.length;
    const range = { startSec: 0, endSec: durationSec, references: [{ startSec: 0, endSec: durationSec, text }] };
    const shares: number[] = [];
    const found = await inspect('letters.onnx', 'long.wav', range, (share) => shares.push(share));
    // Where the recording is cut, a word ends.
    expect(found.text.replaceAll(' ', '')).toBe(text);
    expect(shares.length).toBeGreaterThanOrEqual(2);
    expect(shares.every((share) => share > 0 && share < 1)).toBe(true);
    const { posteriors, alignments } = found;
    if ('reason' in posteriors || 'problem' in alignments[0]!) throw new Error('not aligned');
    expect(posteriors.pieces).toHaveLength(shares.length + 1);
    const { tokens } = alignments[0]!;
    expect(tokens.map((token) => token.text).join('')).toBe(text);
    // Tokens of a word meet half-way between their tones.
    for (const [i, token] of tokens.entries())
      expect(Math.abs((token.startSec + token.endSec) / 2 - (0.2 + 0.3 * i))).toBeLessThan(0.03);
  });

  it('looks into ten minutes at most, and into a stretch with both ends', async () => {
    const range = { startSec: 0, endSec: 601 };
    const call = { call: 'inspect', model: inFolder('a.onnx'), audio: inFolder('one.wav') };
    expect(await ask({ ...call, ...range }).answer).toMatchObject({
      error: { message: expect.stringContaining('At most 10 minutes'), kind: 'expected' },
    });
    expect(await ask(call).answer).toMatchObject({ error: { kind: 'bug' } });
  });

  it('says that the probabilities of a CTC output that was never trained mean nothing', async () => {
    await writeTalkativeCheckpoint(inFolder('attention'), true, {
      model: { attention: { enabled: true, hiddenSize: 8, embeddingSize: 4, attentionSize: 4, locationChannels: 2 } },
      ...{ loss: { ctcWeight: 0 }, decoding: { type: 'attention', beamWidth: 2 } },
    });
    const range = { startSec: 0, endSec: 1, references: [{ startSec: 0, endSec: 1, text: 'AB' }] };
    const found = await inspect('attention', 'one.wav', range);
    expect(found.posteriors).toEqual({ reason: expect.stringContaining('never trained') });
    expect(found.alignments).toEqual([{ ...range.references[0], problem: expect.stringContaining('never trained') }]);
    expect(found).toMatchObject({ text: (await heard('attention')).text });
  });

  it('closes the model used longest ago beyond its memory; reads one that was replaced', async () => {
    const first = graphProcesses();
    expect((await heard('b.onnx')).text).toBe('sieben zwei sieben');
    expect(graphProcesses()).toHaveLength(1);
    expect(graphProcesses()).not.toEqual(first);
    copyFileSync(inFolder('a.onnx'), inFolder('b.onnx'));
    utimesSync(inFolder('b.onnx'), 1, 1);
    expect((await heard('b.onnx')).text).toBe('seven two seven');
  });

  it('answers an error when the process of the graph dies, and starts another', async () => {
    const [pid] = graphProcesses();
    process.kill(pid!, 'SIGKILL');
    expect(await hear('b.onnx').answer).toMatchObject({ error: { message: expect.stringContaining('was killed') } });
    expect((await heard('b.onnx')).text).toBe('seven two seven');
    expect(graphProcesses()).not.toContain(pid);
  });

  it('names what it cannot hear, and goes on', async () => {
    const gone = await hear('b.onnx', 'gone.wav').answer;
    expect(gone).toMatchObject({ error: { message: expect.stringContaining('there is no file'), kind: 'expected' } });
    const noModel = await hear('none.onnx').answer;
    expect(noModel).toMatchObject({ error: { message: expect.stringContaining('no such model'), kind: 'expected' } });
    engine.stdin.write('{ no json\n');
    const [running, dropped] = [hear('b.onnx'), hear('b.onnx')];
    engine.stdin.write(`${JSON.stringify({ id: dropped.id, call: 'cancel' })}\n`);
    expect(await dropped.answer).toEqual({ id: dropped.id, error: { message: 'cancelled', kind: 'cancelled' } });
    expect(await running.answer).toMatchObject({ result: { text: 'seven two seven' } });
  });

  it('finds the recordings of lines, also of those without a transcript', async () => {
    const lines = [
      '{"audio_filepath": "one.wav", "text": "A"}',
      '{"audio_filepath": "one.wav", "offset": 0.5, "duration": 0.25}',
      '{"audio_filepath": "two.wav", "text": "B", "exclude": true}',
      '{"audio_filepath"',
    ];
    const file = inFolder('m.jsonl');
    writeFileSync(file, '');
    const call = { call: 'lines', file, texts: { [file]: lines.join('\n') }, lines: [[2, 4]] };
    const found = await ask(call).answer;
    expect(found).toMatchObject({
      result: {
        kind: 'manifest',
        lines: [{ line: 2, hasText: false, audio: inFolder('one.wav'), startSec: 0.5, endSec: 0.75 }],
        failures: [{ line: 3 }, { line: 4, message: expect.stringContaining('not a JSON object') }],
      },
    });
    writeFileSync(inFolder('wav.scp'), `u1 ${inFolder('one.wav')}\nu2 ${inFolder('one.wav')}\n`);
    const kaldi = await ask({ call: 'lines', file: inFolder('wav.scp'), lines: [[2, 2]] }).answer;
    expect(kaldi).toMatchObject({ result: { lines: [{ id: 'u2', hasText: false, line: 2 }], failures: [] } });
  });

  it('ends with its input', async () => {
    const ended = once(engine, 'exit');
    engine.stdin.end();
    expect(await ended).toEqual([0, null]);
  });
});
