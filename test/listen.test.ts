import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeardStretch, ListenAnswer } from '../src/shared/protocol/listen.ts';
import { engineFile, runEngine } from './faults/engineProcess.ts';
import { childrenOf } from './faults/processTree.ts';
import { toneModel, toneWav } from './toneModel.ts';

/** `asr listen` as an editor uses it: a real process, a real model whose answers are known. */
let folder: string;
let engine: ChildProcessWithoutNullStreams;
const answers = new Map<number, (answer: ListenAnswer) => void>();
let nextId = 0;
const inFolder = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'listen-'));
  writeFileSync(inFolder('a.onnx'), await toneModel());
  writeFileSync(inFolder('b.onnx'), await toneModel(['sieben', 'zwei', 'neun', 'Uhr', 'Sommer']));
  writeFileSync(inFolder('one.wav'), toneWav(['seven', 'two', 'seven']));
  engine = spawn(process.execPath, [engineFile, 'listen', '--memory', '1', '--threads', '1']);
  createInterface({ input: engine.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as ListenAnswer;
    if (!('progress' in answer)) answers.get(answer.id)?.(answer);
  });
});
afterAll(() => {
  engine.kill();
  rmSync(folder, { recursive: true, force: true });
});

function ask(call: object): { id: number; answer: Promise<ListenAnswer> } {
  const id = ++nextId;
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
