import { expect, test } from 'vitest';
import { type KaldiFolder, parseKaldiFolder } from './kaldiFolder.ts';

const parse = (files: { 'wav.scp': string; text: string; utt2spk?: string; segments?: string }) => {
  const named = Object.entries(files).map(([name, text]) => [
    name === 'wav.scp' ? 'wavScp' : name,
    { file: `d/${name}`, text },
  ]);
  const { utterances, problems } = parseKaldiFolder(Object.fromEntries(named) as KaldiFolder, '/root');
  return { utterances, found: problems.map(({ code, file, line }) => `${code} ${file?.slice(2)}:${line}`), problems };
};

test('utterances of whole recordings, with the places of their parts in each file', () => {
  const { utterances, found } = parse({
    'wav.scp': 'a x/a.wav\nb /abs/b.wav\n',
    text: 'a  HELLO \nb YES\n',
    utt2spk: 'a anna\nb bo\n',
  });
  expect(found).toEqual([]);
  expect(utterances).toMatchObject([
    { id: 'a', audioFilepath: '/root/x/a.wav', text: ' HELLO ', speaker: 'anna', file: 'd/text', line: 1 },
    { id: 'b', audioFilepath: '/abs/b.wav', text: 'YES', speaker: 'bo' },
  ]);
  expect(utterances[0]!.places).toMatchObject({
    audio: { file: 'd/wav.scp', line: 1, column: 3, endColumn: 10 },
    text: { file: 'd/text', line: 1, column: 3, endColumn: 10 },
    speaker: { file: 'd/utt2spk', line: 1, column: 3 },
  });
});

test('segments are parts of recordings; the end may be open', () => {
  const { utterances, found } = parse({
    'wav.scp': 'r r.wav\n',
    segments: 'u1 r 0.5 2\nu2 r 3 -1\nu3 r 4 4\nu4 gone 0 1\nu5 r 0 1\n',
    text: 'u1 A\nu2 B\nu3 C\nu4 D\nu6 E\n',
  });
  expect(utterances).toMatchObject([
    { id: 'u1', offsetSec: 0.5, durationSec: 1.5 },
    { id: 'u2', offsetSec: 3 },
  ]);
  expect(utterances[1]).not.toHaveProperty('durationSec');
  expect(found).toEqual([
    'kaldi-line segments:3',
    'audio-missing segments:4',
    'audio-missing text:5',
    'text-missing segments:5',
  ]);
});

test('what does not fit together is named, commands are not run', () => {
  const { utterances, found } = parse({
    'wav.scp': 'b b.wav\na a.wav\nc sox x.mp3 -t wav - |\nd\nb again.wav\n',
    text: 'a A\nb B\nc C\n lost\n',
    utt2spk: 'a anna\n',
  });
  expect(utterances.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(found).toEqual([
    'kaldi-order wav.scp:2',
    'kaldi-line wav.scp:4',
    'manifest-duplicate wav.scp:5',
    'kaldi-line text:4',
    'kaldi-command wav.scp:3',
    'speaker-missing text:2',
  ]);
});
