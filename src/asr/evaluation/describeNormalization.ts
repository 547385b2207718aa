import type { TextConfig } from '../transcript.ts';

const cases: Readonly<Record<TextConfig['case'], string>> = {
  upper: 'upper case, by Unicode and without regard to locale',
  lower: 'lower case, by Unicode and without regard to locale',
  'as-is': 'case as it is',
};

/**
 * What is done to references before they are scored, step by step in words, as `normalizeText` does it. Hypotheses are
 * made of the units of the model, which went through the same steps.
 */
export function describeNormalization(config: Pick<TextConfig, 'case'>): string[] {
  return [
    'Unicode NFC',
    cases[config.case],
    'Unicode NFC again',
    'each run of white space is one space, none at the ends',
    'no character is dropped: punctuation, digits and characters unknown to the model count as errors',
    'words are what spaces part; characters are code points, spaces included',
  ];
}
