import { expect, test } from 'vitest';
import { buildReport, type HeardUtterance } from '../../asr/evaluation/buildReport.ts';
import { renderCardMarkdown } from '../../asr/evaluation/cardRows.ts';
import { compareReports } from '../../asr/evaluation/compareReports.ts';
import type { EvaluationReport, ResultCard } from '../../shared/evaluation/evaluationReport.ts';
import { parseReport } from '../../shared/evaluation/parseReport.ts';
import { comparisonPage } from './comparisonPage.ts';
import { reportPage } from './reportPage.ts';

const payloads = [
  '<script>alert(1)</script>',
  '"><img/src=x/onerror=alert(1)>',
  "'onmouseover='alert(1)",
  '</td></table></style><svg/onload=alert(1)>',
  '&lt;b&gt;&#60;',
  'javascript:alert(1)',
  ']]><!--',
];
const nasty = (i: number) => payloads[i % payloads.length]!;

function card(i: number): ResultCard {
  const model = {
    path: nasty(i),
    source: nasty(i + 1),
    name: nasty(i + 2),
    parameters: 3,
    weightsSha256: 'ab',
    seed: 1,
  };
  return {
    model,
    members: [model],
    manifest: { path: nasty(i + 3), sha256: nasty(i), utterances: 7, durationSec: 9, speakers: 2 },
    decoder: nasty(i + 4),
    languageModel: { path: nasty(i + 5), sha256: nasty(i), order: 3, weight: 0.5, wordBonus: 1 },
    normalization: [nasty(i + 6)],
    seed: 1,
    training: { epochs: 3, manifests: [nasty(i)] },
    machine: { cpu: nasty(i), cores: 2, threads: 1, platform: nasty(i + 1), memoryBytes: 2 ** 30 },
    engineVersion: nasty(i),
    runtimeVersion: nasty(i),
    date: '2026-01-31T14:25:01.000Z',
    command: ['asr', nasty(i)],
  };
}

function report(shift: number): EvaluationReport {
  const utterances = payloads.map((payload, i): HeardUtterance => {
    const hypothesis = i % 3 === 0 ? payload : nasty(i + shift);
    return {
      id: `${payload}${i}`,
      audioFilepath: nasty(i + 1),
      audio: nasty(i + 2),
      offsetSec: i,
      durationSec: 2,
      speaker: nasty(i + 3),
      manifest: '/m.jsonl',
      line: i + 1,
      reference: payload,
      hypothesis,
      heard: [{ startSec: 0.1, endSec: 0.5, confidence: 0.7 }],
    };
  });
  const main = { utterances, seconds: 1, audioSec: 14, skipped: 0, excluded: 0 };
  return buildReport({
    card: card(shift),
    main,
    combined: [{ name: nasty(2), heard: main }],
    problems: [{ code: nasty(1), severity: 'error', message: nasty(0), file: nasty(3), line: 3 }],
  });
}

/** What is left of a page without its tags, each of which must be a plain one that this product writes. */
function textOf(page: string): string {
  const [head, body] = page.split('</style>', 2) as [string, string];
  expect(head).toMatch(/default-src 'none'; style-src 'sha256-[\w+/]+='; base-uri 'none'/);
  expect(page.split('</style>')).toHaveLength(2);
  const tag =
    /<(\/?)(a|bdi|body|caption|dd|del|div|dl|dt|h1|h2|head|header|html|ins|li|main|meter|nav|p|section|small|span|strong|table|tbody|td|th|thead|tr|ul)((?: (?:class|id|title|scope|aria-label|value|max)="[^"<>]*"| href="#[\w-]+")*)>/g;
  const rest = body.replace(tag, '');
  expect(rest).not.toMatch(/[<>]/);
  return rest.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

test('nothing in a report is more than text on its page', () => {
  const text = textOf(reportPage(report(1)));
  for (const payload of payloads) expect(text).toContain(payload);
});

test('nothing in a comparison is more than text on its page', () => {
  const text = textOf(comparisonPage(compareReports(report(1), report(2))));
  for (const payload of payloads) expect(text).toContain(payload);
});

test('controls and marks that turn the line round are shown, not obeyed', () => {
  const own = report(1);
  own.card.model.name = 'a\u202eb\u0007c';
  expect(reportPage(own)).toContain('a\\u{202e}b\\u{7}c');
});

test('an error is told by signs, not by colour alone', () => {
  const text = textOf(reportPage(report(1)));
  const wrong = report(1).utterances.find(({ counts }) => counts.substitutions > 0)!;
  const column = wrong.words.find(({ kind }) => kind === 'substitution')!;
  expect(text).toContain(`−${column.reference} +${column.hypothesis}`);
});

test('the card is one Markdown table whatever it holds, and its command is what a shell reads back', () => {
  const { scores } = report(1);
  const own = { ...card(1), command: ['asr', 'evaluate', "it's a run", '--manifest', 'm.jsonl'], decoder: 'a|b\n# c' };
  const lines = renderCardMarkdown(own, scores).split('\n');
  expect(lines.every((line) => /^\|[^\n]*\|$/.test(line) && line.match(/(?<!\\)\|/g)!.length === 3)).toBe(true);
  expect(lines.at(-1)).toBe(String.raw`| Command | asr evaluate 'it'\\''s a run' --manifest m.jsonl |`);
  expect(lines).toContain(String.raw`| Decoder | a\|b # c |`);
});

test('a report is read back as it was written; what is none says where it is wrong', () => {
  const own = report(1);
  const written = JSON.stringify(own);
  expect(parseReport(written)).toEqual({ report: JSON.parse(written) });
  const broken = (change: (copy: EvaluationReport) => void) => {
    const copy = structuredClone(own);
    change(copy);
    return parseReport(JSON.stringify(copy));
  };
  expect(parseReport('{')).toEqual({ reason: 'it is not JSON' });
  expect(parseReport('[]')).toEqual({ reason: 'the document must be an object' });
  expect(parseReport('{"version": 2}')).toEqual({ reason: 'it is of version 2, which a newer engine wrote' });
  expect(broken((copy) => Object.assign(copy.utterances[1]!, { id: 3 }))).toEqual({
    reason: 'utterances[1].id must be a string',
  });
  expect(broken((copy) => Object.assign(copy.utterances[0]!.words[0]!, { kind: 'x' }))).toEqual({
    reason: 'utterances[0].words[0].kind must be match or substitution or deletion or insertion',
  });
  expect(broken((copy) => Object.assign(copy.scores, { interval95: [1] }))).toEqual({
    reason: 'scores.interval95 must be two numbers',
  });
});
