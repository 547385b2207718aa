import { expect, test } from 'vitest';
import { mappingSteps, type Proposal } from './mappingSteps.ts';

test('answers make a mapping; what was found is offered first', () => {
  let mapping: Proposal = { input: { name: 'audio_signal', layout: 'batch,time,bins' }, output: { name: 'logprobs' } };
  const context = { texts: ['readme.txt', 'tokens.txt'] };
  const [input, units, blank, features, stride] = mappingSteps;
  expect(input!.ask(mapping, context).choices[0]!.label).toBe('batch,time,bins $(check)');
  mapping = input!.put(mapping, 'batch,bins,time');
  const found = { ...mapping, vocabulary: { tokens: 'tokens.txt' } };
  expect(units!.ask(found, context).choices[0]).toEqual({
    label: 'tokens.txt $(check)',
    value: { tokens: 'tokens.txt' },
  });
  mapping = units!.put(mapping, units!.ask(found, context).choices[0]!.value);
  const { typed } = blank!.ask(mapping, context);
  expect([typed!.validateInput('x'), typed!.validateInput('3'), typed!.read('3')]).toEqual([
    'A whole number from 0 on.',
    undefined,
    3,
  ]);
  mapping = blank!.put(mapping, 'last');
  mapping = features!.put(mapping, features!.ask(mapping, context).choices[0]!.value);
  mapping = stride!.put(mapping, stride!.ask(mapping, context).typed!.read('8'));
  expect(mapping).toEqual({
    input: { name: 'audio_signal', layout: 'batch,bins,time' },
    output: { name: 'logprobs' },
    vocabulary: { tokens: 'tokens.txt' },
    blank: 'last',
    features: { type: 'nemo', mels: 80, normalization: 'utterance' },
    timeStride: 8,
  });
});
