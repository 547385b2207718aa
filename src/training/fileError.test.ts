import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UserError } from '../shared/problem.ts';
import { clipProblem, readClip } from './data/clipReader.ts';
import { withFile } from './data/fileSource.ts';
import { checkOutput, fileError, makeFolder, writeError } from './fileError.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inside = (...names: string[]) => join(folder, ...names);
writeFileSync(inside('file'), 'x');
mkdirSync(inside('folder', 'inner'), { recursive: true });

/** What reading a path as audio is reported as. */
const problemOf = (path: string) =>
  withFile(path, (source) => source.read(0, 1)).then(
    () => undefined,
    (error: unknown) => clipProblem(error, 'x.wav'),
  );

test('what cannot be read is a problem in words, never a wait', async () => {
  symlinkSync(inside('loop'), inside('loop'));
  expect((await problemOf(inside('none')))?.message).toBe('there is no file x.wav');
  expect((await problemOf(inside('file', 'x')))?.message).toBe('there is no file x.wav');
  expect((await problemOf(inside('folder')))?.message).toBe('cannot read x.wav: it is a folder');
  expect((await problemOf(inside('loop')))?.message).toBe('cannot read x.wav: the links go in a circle');
  expect((await problemOf(inside('x'.repeat(300))))?.message).toBe('cannot read x.wav: the path is too long');
});

test.skipIf(process.platform === 'win32')('a pipe without a writer is refused at once', async () => {
  execFileSync('mkfifo', [inside('pipe')]);
  expect((await problemOf(inside('pipe')))?.message).toBe('cannot read x.wav: it is a pipe or a device, not a file');
  expect((await problemOf('/dev/zero'))?.code).toBe('audio-unreadable');
});

test('a name that looks the same but is spelled otherwise is pointed out', async () => {
  writeFileSync(inside('cafe\u0301.wav'), 'x');
  // Some file systems take both spellings for one name.
  if (existsSync(inside('caf\u00e9.wav'))) return;
  expect((await problemOf(inside('caf\u00e9.wav')))?.message).toContain('written as Unicode NFD: rename it');
  expect((await problemOf(inside('tea\u0301.wav')))?.message).toBe('there is no file x.wav');
});

test('a bug is no problem of the file', () => {
  const bug = new TypeError('x is not a function');
  expect(fileError(bug, 'f', 'config')).toBe(bug);
  expect(writeError(bug, 'f', 'config')).toBe(bug);
  expect(() => clipProblem(bug, 'f')).toThrow(bug);
});

test('a range beyond the recording says where it ends', async () => {
  const { writeWav } = await import('../dsp/writeWav.ts');
  const { loadResampler } = await import('../dsp/resample.ts');
  writeFileSync(inside('second.wav'), writeWav([new Float32Array(16_000)], 16_000));
  const read = (offsetSec: number, durationSec?: number) =>
    loadResampler().then((resampler) =>
      readClip(
        { file: inside('second.wav'), offsetSec, ...(durationSec === undefined ? {} : { durationSec }) },
        8000,
        resampler,
      ),
    );
  await expect(read(1.5)).rejects.toThrow('no audio there: it ends at 1.00 s');
  await expect(read(0.5, 0)).rejects.toThrow('no audio there: the range is empty');
  expect((await read(0.5)).length).toBe(4000);
  expect((await read(0.99996)).length).toBe(1);
});

test('where a file cannot be written is known before the work', () => {
  expect(() => checkOutput(inside('folder'), 'model')).toThrow(`model ${inside('folder')}: it is a folder`);
  expect(() => checkOutput(inside('none', 'm.onnx'), 'model')).toThrow(`there is no folder ${inside('none')}`);
  expect(() => checkOutput(inside('file', 'm.onnx'), 'model')).toThrow(`there is no folder ${inside('file')}`);
  expect(() => checkOutput(inside('new'), 'model')).not.toThrow();
  expect(() => checkOutput('m.onnx', 'model')).not.toThrow();
});

test('renaming over a folder is an error of the user', async () => {
  writeFileSync(inside('fresh'), 'x');
  const error = await rename(inside('fresh'), inside('folder')).then(
    () => undefined,
    (reason: unknown) => writeError(reason, 'out', 'model'),
  );
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toBe('model out: it is a folder');
});

test('folders are made with those above them, or the reason is said', () => {
  makeFolder(inside('a', 'b', 'c'), 'folder');
  makeFolder(inside('a', 'b', 'c'), 'folder');
  expect(existsSync(inside('a', 'b', 'c'))).toBe(true);
  expect(() => makeFolder(inside('file'), 'folder')).toThrow('it is a file; give another place');
  expect(() => makeFolder(inside('file', 'a', 'b'), 'folder')).toThrow(UserError);
});

test.skipIf(process.platform !== 'linux')('where nothing can be made, making a folder ends', () => {
  expect(() => makeFolder('/proc/asr', 'folder')).toThrow('folder /proc/asr: nothing can be made there');
  expect(() => makeFolder('/proc/asr/run', 'folder')).toThrow(UserError);
});
