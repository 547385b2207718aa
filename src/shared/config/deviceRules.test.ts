import { expect, it } from 'vitest';
import { deviceRules } from './deviceRules.ts';
import { lintExperiment } from './lintExperiment.ts';
import { parseExperiment } from './parseExperiment.ts';

function lint(text: string) {
  const parsed = parseExperiment(`data: { train: [a.jsonl] }\n${text}`, 'x.asr.yaml');
  expect(parsed.problems).toEqual([]);
  return lintExperiment(parsed, 'x.asr.yaml', deviceRules);
}

it('warns of recurrences on WebGPU and nowhere else', () => {
  const [finding] = lint('training: { device: webgpu }');
  expect(finding).toMatchObject({ code: 'device-rnn', line: 2, fix: { set: { 'training.device': 'cpu' } } });
  expect(finding!.message).toContain('trains faster on the CPU alone');
  const decoder = 'model: { type: conformer, attention: { enabled: true } }\nloss: { ctcWeight: 0.5 }\n';
  expect(lint(`${decoder}training: { device: webgpu }`)[0]!.message).toContain('the attention decoder runs on the CPU');
  for (const fine of [
    'training: { device: cpu }',
    'training: { device: cuda }',
    'model: { type: conformer }\ntraining: { device: webgpu }',
    `${decoder}training: { device: cuda }`,
  ])
    expect(lint(fine)).toEqual([]);
});
