import { expect, test } from 'vitest';
import { parseManifest } from '../../../asr/manifest.ts';
import { parseExperiment } from '../../../shared/config/parseExperiment.ts';
import { alphabetIn, draftExperiment } from './draftExperiment.ts';

const manifestOf = (...texts: string[]) =>
  parseManifest(
    texts.map((text, i) => JSON.stringify({ audio_filepath: `${i}.wav`, text, duration: 30 + i })).join('\n'),
    'x.jsonl',
  );

test('a draft is a valid experiment that fits its data', () => {
  const text = draftExperiment({
    name: 'numbers',
    train: [{ path: 'my data/train: 1.jsonl', manifest: manifestOf('seven', "o'clock") }],
    dev: [{ path: 'dev.jsonl', manifest: manifestOf('one two') }],
  });
  const { experiment, problems } = parseExperiment(text, 'numbers.asr.yaml');
  expect(problems).toEqual([]);
  expect(experiment?.data).toEqual({ train: ['my data/train: 1.jsonl'], dev: ['dev.jsonl'], maxDurationSec: 31 });
  expect(experiment?.text).toEqual({ case: 'lower', keep: "ceklnostvw' " });
  expect(experiment?.training.batchSeconds).toBe(8);
  expect(text).toContain('# 2 utterances, 61 s');
});

test('no dev manifest is said, not hidden', () => {
  const text = draftExperiment({ name: 'a', train: [{ path: 't.jsonl', manifest: manifestOf('YES') }], dev: [] });
  expect(parseExperiment(text, 'a.asr.yaml').problems).toEqual([]);
  expect(text).toContain('dev: [] # none yet');
});

test('case and alphabet come from the transcripts', () => {
  expect(alphabetIn(['YES', "DON'T GO"])).toEqual({ textCase: 'upper', keep: "DEGNOSTY' " });
  expect(alphabetIn(['Yes', 'no'])).toEqual({ textCase: 'as-is', keep: 'Yenos' });
  expect(alphabetIn(['äpfel "x"\t2'])).toEqual({ textCase: 'lower', keep: 'eflpxä"2 ' });
  expect(alphabetIn(['七', '二'])).toEqual({ textCase: 'upper', keep: '七二' });
  expect(alphabetIn([]).keep).toBe(' ');
});
