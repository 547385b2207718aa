import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { renderControl } from '../../src/shared/run/control.ts';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import type { EngineEvent } from '../../src/shared/run/events.ts';
import { hashFile, runEngine, startEngine } from './engineProcess.ts';
import { childrenOf } from './processTree.ts';
import { writeToneConfig } from './toneCorpus.ts';

let directory: string;
let run: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'faults-'));
  run = join(directory, 'run');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const eventsOf = (): EngineEvent[] =>
  existsSync(join(run, 'events.jsonl')) ? parseEventLines(readFileSync(join(run, 'events.jsonl'), 'utf8')).events : [];
const untilStep = (step: number) =>
  vi.waitFor(() => expect(eventsOf().some((event) => event.kind === 'step' && event.step >= step)).toBe(true), {
    timeout: 120_000,
    interval: 20,
  });
describe('unusable utterances', () => {
  it('are named by file and line, counted and skipped', async () => {
    const config = writeToneConfig(directory, 1);
    const manifest = join(directory, 'train.jsonl');
    const wav = (name: string, seconds: number) =>
      writeFileSync(join(directory, name), writeWav([new Float32Array(Math.round(8000 * seconds)).fill(0.1)], 8000));
    wav('long.wav', 21);
    wav('short.wav', 0.05);
    writeFileSync(join(directory, 'broken.wav'), 'this is no audio at all, only text that goes on and on');
    const bad: [string, object | string][] = [
      ['audio-missing', { audio_filepath: 'gone.wav', text: 'a' }],
      ['empty-text', { audio_filepath: 'train/0.wav', text: '  ', offset: 0 }],
      ['oov', { audio_filepath: 'train/1.wav', text: 'ab ü', offset: 0 }],
      ['audio-not-audio', { audio_filepath: 'broken.wav', text: 'a' }],
      ['too-long', { audio_filepath: 'long.wav', text: 'a' }],
      ['ctc-infeasible', { audio_filepath: 'short.wav', text: 'abcdabcdabcd' }],
      ['manifest-json', '{"audio_filepath": "train/2.wav", '],
      ['manifest-key', { audio_filepath: 'train/2.wav' }],
    ];
    for (const [, line] of bad) appendFileSync(manifest, `${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
    for (const name of ['train/3.wav', 'gone.wav'])
      appendFileSync(manifest, `${JSON.stringify({ audio_filepath: name, text: 'a', offset: 0, exclude: true })}\n`);
    const end = await runEngine('train', config, '--run-dir', run);
    expect(end).toMatchObject({ code: 0 });
    const named = eventsOf().flatMap((event) =>
      (event.kind === 'problem' && event.severity === 'error') ||
      (event.kind === 'problem' && event.code === 'too-long')
        ? [`${event.line}:${event.code}`]
        : [],
    );
    expect(named.sort()).toEqual(bad.map(([code], i) => `${61 + i}:${code}`).sort());
    for (const [i, [code]] of bad.entries())
      expect(end.stderr).toMatch(new RegExp(`train\\.jsonl:${61 + i}:\\d+: \\w+ ${code}: `));
    const started = eventsOf().find((event) => event.kind === 'started');
    expect(started).toMatchObject({ trainUtterances: 60, skippedUtterances: bad.length, excludedUtterances: 2 });
    expect(end.stderr).toContain(`${bad.length} left out; 2 excluded; `);
  }, 150_000);

  it('that vanish while training runs are named once, and training goes on', async () => {
    const config = writeToneConfig(directory, 4);
    const { ended } = startEngine(['train', config, '--run-dir', run]);
    await untilStep(1);
    for (const n of [3, 7]) rmSync(join(directory, `train/${n}.wav`));
    writeFileSync(join(directory, 'train/9.wav'), 'RIFF');
    expect(await ended).toMatchObject({ code: 0 });
    const lines = eventsOf().flatMap((event) => (event.kind === 'problem' ? [event.line] : []));
    expect(lines.sort()).toEqual([10, 4, 8]);
  }, 150_000);

  it('stop the run with their names when none is left', async () => {
    const config = writeToneConfig(directory, 1);
    rmSync(join(directory, 'train'), { recursive: true });
    const end = await runEngine('train', config, '--run-dir', run);
    expect(end.code).toBe(1);
    expect(end.stderr).toContain('nothing to train on');
    expect(end.stderr).toMatch(/train\.jsonl:1:1: error audio-missing/);
    expect(eventsOf().at(-1)).toMatchObject({ kind: 'finished', reason: 'failed' });
  }, 150_000);
});

describe('stopping', () => {
  it.each(['control.json', 'SIGINT', 'SIGTERM'])(
    'by %s ends with 130, and the resumed run is the uninterrupted one',
    async (way) => {
      const config = writeToneConfig(directory, 4);
      const { child, ended } = startEngine(['train', config, '--run-dir', run]);
      await untilStep(5);
      if (way === 'control.json') writeFileSync(join(run, 'control.json'), renderControl('stop'));
      else child.kill(way as NodeJS.Signals);
      expect(await ended).toMatchObject({ code: 130 });
      expect(eventsOf().at(-1)).toMatchObject({ kind: 'finished', reason: 'stopped' });
      expect(existsSync(join(run, 'lock'))).toBe(false);
      expect(await runEngine('train', config, '--run-dir', run, '--resume')).toMatchObject({ code: 0 });
      const whole = join(directory, 'whole');
      expect(await runEngine('train', config, '--run-dir', whole)).toMatchObject({ code: 0 });
      const model = 'checkpoints/last/model.safetensors';
      expect(hashFile(run, model)).toBe(hashFile(whole, model));
    },
    180_000,
  );

  it('a second writer is refused, an existing run needs --resume, and a changed model is not resumed', async () => {
    const config = writeToneConfig(directory, 50);
    const { child, ended } = startEngine(['train', config, '--run-dir', run]);
    await untilStep(2);
    const second = await runEngine('train', config, '--run-dir', run, '--resume');
    expect(second).toMatchObject({ code: 1 });
    expect(second.stderr).toContain(`process ${child.pid}`);
    child.kill('SIGINT');
    await ended;
    const again = await runEngine('train', config, '--run-dir', run);
    expect(again).toMatchObject({ code: 1 });
    expect(again.stderr).toContain('--resume');
    const other = await runEngine('train', config, '--run-dir', run, '--resume', '--set', 'model.rnn.hiddenSize=8');
    expect(other).toMatchObject({ code: 1 });
    expect(other.stderr).toContain('model changed');
  }, 180_000);
});

describe.runIf(process.platform === 'linux')('the process that runs the graph', () => {
  it('killed for memory ends the run with a reason, and the run can be resumed', async () => {
    const config = writeToneConfig(directory, 4);
    const { child, ended } = startEngine(['train', config, '--run-dir', run]);
    await untilStep(12);
    const [graph] = childrenOf(child.pid!);
    process.kill(graph!, 'SIGKILL');
    const end = await ended;
    expect(end.code).toBe(1);
    expect(end.stderr).toContain('memory ran out');
    expect(eventsOf().at(-1)).toMatchObject({ kind: 'finished', reason: 'failed' });
    expect(await runEngine('train', config, '--run-dir', run, '--resume')).toMatchObject({ code: 0 });
  }, 180_000);

  it('does not outlive an engine that was killed', async () => {
    const config = writeToneConfig(directory, 50);
    const { child, ended } = startEngine(['train', config, '--run-dir', run]);
    await untilStep(1);
    const [graph] = childrenOf(child.pid!);
    expect(existsSync(`/proc/${graph}`)).toBe(true);
    child.kill('SIGKILL');
    await ended;
    await vi.waitFor(() => expect(existsSync(`/proc/${graph}`)).toBe(false), { timeout: 20_000 });
  }, 180_000);
});
