import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { callEngine } from '../../../test/callEngine.ts';
import { recordingsFolder } from '../../../test/recordings.ts';
import { parseManifest } from '../../asr/manifest.ts';
import { writeWav } from '../../dsp/writeWav.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-prepare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let corpora = 0;

/** A folder with files of text, or of so many seconds of audio. */
function makeCorpus(files: Record<string, string | number | Uint8Array>): string {
  const corpus = join(folder, `corpus ${++corpora}`);
  for (const [name, content] of Object.entries(files)) {
    const file = join(corpus, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'number' ? writeWav([new Float32Array(content * 8000)], 8000) : content);
  }
  return corpus;
}

async function prepare(corpus: string, ...more: string[]) {
  const manifest = join(corpus, 'out', 'm.jsonl');
  const { code, out, error } = await callEngine('prepare', corpus, '--out', manifest, '--json', ...more);
  return { code, result: JSON.parse(out), error, manifest };
}

const read = (file: string) => {
  const { utterances, problems } = parseManifest(readFileSync(file, 'utf8'), file);
  expect(problems).toEqual([]);
  return utterances.map(({ audioFilepath, text, durationSec, speaker }) => [audioFilepath, text, durationSec, speaker]);
};

test('a folder: transcripts beside recordings or in their names, speakers from names or subfolders', async () => {
  const corpus = makeCorpus({
    'anna/a.wav': 1.5,
    'anna/a.txt': '\uFEFFHello\r\n  there \n',
    'bo/turn_on_carl_3.wav': 0.5,
    'bo/é #1.wav': 0.25,
    'bo/é #1.wav.txt': 'yes',
    'readme.md': 'not audio',
  });
  const { code, result, manifest } = await prepare(corpus, '--format', 'folder');
  expect(code).toBe(0);
  expect(read(manifest)).toEqual([
    ['../anna/a.wav', 'Hello there', 1.5, 'anna'],
    ['../bo/turn_on_carl_3.wav', 'turn on', 0.5, 'carl'],
    ['../bo/é #1.wav', 'yes', 0.25, 'bo'],
  ]);
  expect(result).toEqual({
    folder: corpus,
    manifests: [{ file: manifest, utterances: 3, durationSec: 2.25, speakers: 3 }],
    problems: [],
  });
});

test('what cannot be used is named, the rest is written', async () => {
  const corpus = makeCorpus({
    'a.wav': 1,
    'a.txt': 'fine',
    'broken.wav': 'not a wav at all',
    'broken.txt': 'x',
    'empty.wav': 0,
    'empty.txt': 'x',
    'latin1.wav': 1,
    'latin1.txt': Uint8Array.of(0x63, 0xe9),
    'mute.wav': 1,
    'mute.txt': '  \n',
    'silent.wav': 1,
  });
  symlinkSync('gone.wav', join(corpus, 'dangling.wav'));
  writeFileSync(join(corpus, 'dangling.txt'), 'x');
  symlinkSync('.', join(corpus, 'circle'));
  const { code, result, error, manifest } = await prepare(corpus, '--format', 'folder');
  expect(code).toBe(0);
  expect(read(manifest)).toEqual([['../a.wav', 'fine', 1, undefined]]);
  const named = result.problems.map(
    (problem: { code: string; file: string }) => `${problem.file.slice(corpus.length + 1)} ${problem.code}`,
  );
  expect(named.sort()).toEqual([
    'broken.wav audio-not-audio',
    'dangling.wav audio-missing',
    'empty.wav audio-empty',
    'latin1.txt text-encoding',
    'mute.txt empty-text',
    'silent.wav text-missing',
  ]);
  expect(error).toContain(`${join(corpus, 'latin1.txt')}:1:1: error text-encoding:`);
});

test('AN4 in Sphinx form, by split', async () => {
  const corpus = makeCorpus({
    'etc/an4_train.transcription': '<s> YES </s> (an251-fash-b)\nA  B (an252-fash-b)\n\nno id\nGONE (an9-x-b)\n',
    'etc/an4_test.transcription': 'NO (an1-mk-b)\n',
    'wav/an4_clstk/fash/an251-fash-b.wav': 1,
    'wav/an4_clstk/fash/an252-fash-b.wav': 1,
    'wav/an4test_clstk/mk/an1-mk-b.wav': 1,
  });
  const train = await prepare(corpus, '--format', 'an4', '--split', 'train');
  expect(read(train.manifest).map(([, text, , speaker]) => [text, speaker])).toEqual([
    ['YES', 'fash'],
    ['A B', 'fash'],
  ]);
  expect(train.result.problems.map(({ code, line }: { code: string; line: number }) => [code, line])).toEqual([
    ['transcription-line', 4],
    ['audio-missing', 5],
  ]);
  const all = await prepare(corpus, '--format', 'an4');
  expect(all.result.manifests[0].utterances).toBe(3);
  const none = await prepare(corpus, '--format', 'an4', '--split', 'dev');
  expect([none.code, none.result.error.message]).toEqual([1, expect.stringContaining('there: test, train')]);
});

test('LibriSpeech and LJ Speech', async () => {
  const libri = makeCorpus({
    'dev-clean/84/12/84-12.trans.txt': '84-12-0000 GO ON\n84-12-0001 GONE\n',
    'dev-clean/84/12/84-12-0000.wav': 1,
    'test-clean/9/1/9-1.trans.txt': '9-1-0000 OTHER\n',
    'test-clean/9/1/9-1-0000.wav': 1,
  });
  const { result, manifest } = await prepare(libri, '--format', 'librispeech', '--split', 'dev-clean');
  expect(read(manifest).map(([, text, , speaker]) => [text, speaker])).toEqual([['GO ON', '84']]);
  expect(result.problems).toMatchObject([{ code: 'audio-missing', line: 2 }]);
  const lj = makeCorpus({
    'metadata.csv': 'LJ1|Dr. X|doctor x\nLJ2|only this\n',
    'wavs/LJ1.wav': 1,
    'wavs/LJ2.wav': 1,
  });
  expect(read((await prepare(lj, '--format', 'ljspeech')).manifest).map(([, text]) => text)).toEqual([
    'doctor x',
    'only this',
  ]);
});

test('Kaldi: segments, speakers, paths from where Kaldi runs; commands are not run', async () => {
  const corpus = makeCorpus({
    'data/train/wav.scp': `r1 wav/one.wav\nr2 sph2pipe -f wav two.sph |\nr3 wav/gone.wav\n`,
    'data/train/segments': 'u1 r1 0.5 1.25\nu2 r1 1.5 9\nu3 r2 0 1\nu4 r9 0 1\nu6 r3 0 1\nu7 r1 5 6\n',
    'data/train/text': 'u1 GO  ON\nu2 STOP\nu3 NO\nu4 X\nu5 Y\nu6 Z\nu7 LATE\n',
    'data/train/utt2spk': 'u1 anna\nu2 bo\n',
    'wav/one.wav': 2,
  });
  const { code, result, manifest } = await prepare(corpus, '--format', 'kaldi', '--split', 'data/train');
  expect(code).toBe(0);
  expect(read(manifest)).toEqual([
    ['../wav/one.wav', 'GO ON', 0.75, 'anna'],
    // The recording ends before the segment does.
    ['../wav/one.wav', 'STOP', 0.5, 'bo'],
  ]);
  expect(result.problems.map(({ code, line }: { code: string; line?: number }) => `${code} ${line}`).sort()).toEqual([
    'audio-missing 4',
    'audio-missing 5',
    'audio-missing undefined',
    'bad-audio undefined',
    'kaldi-command 2',
    'speaker-missing 6',
    'speaker-missing 7',
  ]);
  const none = await prepare(corpus, '--format', 'kaldi');
  expect(none.result.error.message).toContain('no wav.scp');
});

test('Common Voice: the table of the split, recordings that were converted', async () => {
  const corpus = makeCorpus({
    'validated.tsv':
      'client_id\tpath\tsentence\r\nc1\tone.mp3\tSay "yes" now\r\nc2\ttwo.mp3\tNo\nc2\tgone.mp3\tX\nc3\tthree.mp3\t \n',
    'clips/one.mp3': 'ID3',
    'clips/one.wav': 1,
    'clips/two.mp3': 'ID3',
  });
  const { result, manifest } = await prepare(corpus, '--format', 'commonvoice');
  expect(read(manifest)).toEqual([['../clips/one.wav', 'Say "yes" now', 1, 'c1']]);
  expect(result.problems.map(({ code, line }: { code: string; line: number }) => [code, line])).toEqual([
    ['audio-format', 3],
    ['audio-missing', 4],
    ['empty-text', 5],
  ]);
  const none = await prepare(corpus, '--format', 'commonvoice', '--split', 'dev');
  expect(none.result.error.message).toContain('there: validated');
});

test('three manifests without a common speaker', async () => {
  const corpus = makeCorpus(
    Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`s${i % 10}/yes_s${i % 10}_${i}.wav`, 1] as const)),
  );
  const out = (name: string) => join(corpus, 'out', `${name}.jsonl`);
  const { result } = await prepare(
    ...([corpus, '--format', 'folder', '--dev-out', out('dev'), '--test-out', out('test')] as const),
    ...['--test-share', '0.2'],
  );
  expect(result.manifests.map(({ speakers }: { speakers: number }) => speakers)).toEqual([7, 1, 2]);
});

test.each([
  [['--format', 'folder'], 'prepare needs --out'],
  [['--out', 'm.jsonl'], 'needs a folder and --format'],
  [['--download', 'an4'], '--dir'],
  [['--download', 'an5', '--dir', 'x'], 'did you mean "an4"'],
  [['--download', 'an4', '--dir', 'x', '--format', 'kaldi'], 'has the layout an4'],
])('%j is refused', async (options, message) => {
  const { code, out } = await callEngine('prepare', ...options, '--json');
  expect([code, JSON.parse(out).error.message]).toEqual([1, expect.stringContaining(message)]);
});

test('whole speakers go to the development part, the same ones for the same seed', async () => {
  const corpus = makeCorpus(
    Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`s${i % 10}/yes_s${i % 10}_${i}.wav`, 1] as const)),
  );
  const dev = join(corpus, 'out', 'dev.jsonl');
  const split = (...more: string[]) => prepare(corpus, '--format', 'folder', '--dev-out', dev, ...more);
  const speakersOf = (file: string) => new Set(read(file).map(([, , , speaker]) => speaker));
  const { result, manifest } = await split('--dev-share', '0.3');
  expect(result.manifests.map(({ utterances }: { utterances: number }) => utterances)).toEqual([14, 6]);
  const chosen = speakersOf(dev);
  expect([...speakersOf(manifest)].filter((speaker) => chosen.has(speaker))).toEqual([]);
  await split('--dev-share', '0.3');
  expect(speakersOf(dev)).toEqual(chosen);
  await split('--dev-share', '0.3', '--seed', '2');
  expect(speakersOf(dev)).not.toEqual(chosen);
});

test.each([
  ['nothing to read', {}, [], 'no such folder'],
  ['no recordings', { 'a.txt': 'x' }, [], 'no .wav or .flac files'],
  ['no usable one', { 'a.wav': 1 }, [], 'no usable utterance'],
  [
    'one speaker to split',
    { 'yes_a_1.wav': 1, 'no_a_1.wav': 1 },
    ['--dev-out', '/tmp/never.jsonl'],
    'only one speaker',
  ],
  ['no speakers to split', { 'a.wav': 1, 'a.txt': 'x' }, ['--dev-out', '/tmp/never.jsonl'], 'no speaker'],
  ['a share out of range', { 'a.wav': 1 }, ['--dev-share', '2'], '--dev-share is "2"'],
])('%s is a clear error', async (_, files, more, message) => {
  const { code, result } = await prepare(
    makeCorpus(files as Record<string, number | string>),
    '--format',
    'folder',
    ...more,
  );
  expect([code, result.error.message]).toEqual([1, expect.stringContaining(message)]);
});

const recordings = recordingsFolder();
test.skipIf(!recordings)('the recorded corpora give the manifests that come with them', async () => {
  for (const [name, split] of [
    ['train', 'train'],
    ['dev', 'dev'],
  ] as const) {
    const an4 = join(recordings!, 'an4');
    const out = join(folder, `an4-${name}.jsonl`);
    const { code } = await callEngine('prepare', an4, '--format', 'an4', '--split', split, '--out', out, '--json');
    expect(code).toBe(0);
    const comparable = (file: string) =>
      parseManifest(readFileSync(file, 'utf8'), file).utterances.map((utterance) => {
        const { text, speaker, durationSec } = utterance;
        return JSON.stringify([
          resolve(dirname(file), utterance.audioFilepath),
          text,
          speaker,
          durationSec?.toFixed(2),
        ]);
      });
    expect(comparable(out).sort()).toEqual(comparable(join(an4, `${name}.jsonl`)).sort());
  }
});

test('Kaldi: segments of recordings below the folder it is run in, commands left alone', async () => {
  const corpus = makeCorpus({
    'wav/long.wav': 4,
    'data/train/wav.scp': 'long wav/long.wav\npiped touch made-by-a-command |\n',
    'data/train/segments': 'u1 long 0.5 2\nu2 long 3 -1\nu3 long 9 10\nu4 piped 0 1\n',
    'data/train/text': 'u1 YES\nu2 NO\nu3 LATE\nu4 NEVER\n',
    'data/train/utt2spk': 'u1 anna\nu2 bo\nu3 bo\nu4 bo\n',
  });
  const { code, result, manifest } = await prepare(corpus, '--format', 'kaldi', '--split', 'data/train');
  expect(code).toBe(0);
  expect(
    readFileSync(manifest, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { audio_filepath: '../wav/long.wav', offset: 0.5, duration: 1.5, text: 'YES', speaker: 'anna' },
    { audio_filepath: '../wav/long.wav', offset: 3, duration: 1, text: 'NO', speaker: 'bo' },
  ]);
  expect(result.problems.map(({ code, line }: { code: string; line?: number }) => [code, line])).toEqual([
    ['kaldi-command', 2],
    ['bad-audio', undefined],
  ]);
  expect(existsSync('made-by-a-command')).toBe(false);
});
