import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { renderCurl } from './renderCurl.ts';

test.skipIf(process.platform === 'win32')('a shell gives curl the very words', () => {
  const line = renderCurl('http://localhost:8000', "t$(id)`id`'x", "it's.wav");
  const words = execFileSync('sh', ['-c', `curl() { printf '%s\\n' "$@"; }; ${line}`], { encoding: 'utf8' });
  expect(words.trimEnd().split('\n')).toEqual([
    'http://localhost:8000/v1/audio/transcriptions',
    '-H',
    "Authorization: Bearer t$(id)`id`'x",
    '-F',
    "file=@it's.wav",
    '-F',
    'response_format=text',
  ]);
});
