import { expect, test } from 'vitest';
import { nodeConfigurationFor } from './nodeConfigurationFor.ts';

test('the engine under the JavaScript debugger', () => {
  const program = { node: '/code', script: '/ext/dist/engine.js', environment: { ELECTRON_RUN_AS_NODE: '1' } };
  const configuration = nodeConfigurationFor(
    {
      name: 'Debug',
      command: 'train',
      config: 'a.asr.yaml',
      set: ['seed=3'],
      env: { A: 'b', ELECTRON_RUN_AS_NODE: '' },
    },
    program,
  );
  expect(configuration).toMatchObject({
    type: 'node',
    runtimeExecutable: '/code',
    program: '/ext/dist/engine.js',
    args: ['train', 'a.asr.yaml', '--set', 'seed=3'],
    env: { A: 'b', ELECTRON_RUN_AS_NODE: '1' },
    sourceMaps: true,
    outFiles: ['/ext/dist/**/*.js', '/ext/dist/**/*.cjs'],
  });
  expect(() => nodeConfigurationFor({ name: 'x', command: 'train' }, program)).toThrow('needs "config"');
});
