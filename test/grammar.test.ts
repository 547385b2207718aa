import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar } from 'vscode-textmate';
import { configKeys } from '../src/shared/config/configKeys.ts';

const grammarFile = join(import.meta.dirname, '../syntaxes/asr-config.tmLanguage.json');
let grammar: IGrammar;

beforeAll(async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync(grammarFile, 'utf8'), grammarFile),
  });
  grammar = (await registry.loadGrammar('source.yaml.asr'))!;
});

/** Each token of a text with its innermost scope. */
function tokensOf(text: string): Map<string, string> {
  const tokens = new Map<string, string>();
  let stack = textmate.INITIAL;
  for (const line of text.split('\n')) {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    for (const { startIndex, endIndex, scopes } of result.tokens) {
      const word = line.slice(startIndex, endIndex).trim();
      if (word) tokens.set(word, scopes.slice(1).join(' '));
    }
  }
  return tokens;
}

test('keys have the colour of their part, values that of their kind', () => {
  const tokens = tokensOf(
    [
      '# about',
      'name: digits # note',
      'data:',
      '  train: [a/b.jsonl, "q.jsonl"]',
      '  - c.jsonl',
      'model: { norm: batch, dropout: 0.25, unknown: x }',
      'features:',
      '  mels: 80',
      '  sampleRateHz: 16000',
      'optimizer: { learningRate: 1.0e-3 }',
      `text: { keep: "AB\\"' ", case: 'it''s' }`,
      'tokenizer: true',
    ].join('\n'),
  );
  const expected: [string, RegExp][] = [
    ['# about', /^comment/],
    ['# note', /^comment/],
    ['name', /section.*experiment/],
    ['digits', /^string\.unquoted\.plain/],
    ['data', /section.*data/],
    ['train', /^entity\.name\.tag\.data/],
    ['a/b.jsonl', /manifest/],
    ['c.jsonl', /manifest/],
    ['norm', /model\.asr$/],
    ['batch', /^support\.constant\.value/],
    ['0.25', /^constant\.numeric/],
    ['unknown', /unknown/],
    ['mels', /signal/],
    ['80', /^constant\.numeric/],
    ['sampleRate', /signal/],
    ['Hz', /^\S+signal\S* keyword\.other\.unit/],
    ['16000', /^constant\.numeric/],
    ['learningRate', /learning/],
    ['1.0e-3', /^constant\.numeric/],
    ['\\"', /string\.quoted\.double.* constant\.character\.escape/],
    ["''", /string\.quoted\.single.* constant\.character\.escape/],
    ['true', /^constant\.language/],
  ];
  for (const [word, scope] of expected) expect(tokens.get(word), word).toMatch(scope);
});

test('every key of the schema is known where it may stand', () => {
  for (const { path, name } of configKeys()) {
    const [first, scope] = [...tokensOf(path.includes('.') ? `  ${name}: x` : `${name}: x`)][0]!;
    expect(name.startsWith(first), path).toBe(true);
    expect(scope, path).not.toContain('unknown');
  }
});
