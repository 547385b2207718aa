import type { CardModel, ReportScores, ResultCard } from '../../shared/evaluation/evaluationReport.ts';

/** The result card as lines of label and text, for people. */
export function cardRows(card: ResultCard): [label: string, text: string][] {
  const { manifest, machine, languageModel } = card;
  return [
    ...modelRows('Model', card.model),
    ...(card.members ?? []).flatMap((member, i) => modelRows(`Member ${i + 1}`, member)),
    [
      'Data',
      `${manifest.path}: ${manifest.utterances} utterances, ${manifest.durationSec.toFixed(1)} s, ${manifest.speakers} speakers`,
    ],
    ['Data SHA-256', manifest.sha256],
    ['Decoder', card.decoder],
    [
      'Language model',
      languageModel
        ? `${languageModel.path}, order ${languageModel.order}, weight ${languageModel.weight}, word bonus ${languageModel.wordBonus}, SHA-256 ${languageModel.sha256}`
        : 'none',
    ],
    ['Text normalisation', card.normalization.map((step, i) => `${i + 1}. ${step}`).join('; ')],
    ...(card.members ? [] : trainingRows(card)),
    [
      'Machine',
      `${machine.cpu}, ${machine.cores} processors, ${machine.threads} threads used, ${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB, ${machine.platform}`,
    ],
    ['Versions', `engine ${card.engineVersion}, ${card.runtimeVersion}`],
    ['Date', card.date],
    ['Command', card.command.map(quoted).join(' ')],
  ];
}

/** The figures that a card goes with. */
export const scoreRows = (scores: ReportScores): [label: string, text: string][] => [
  ['Word error rate', `${percent(scores.wer)} (95 % interval ${interval(scores.interval95)})`],
  ['Words', errors(scores.words, 'words')],
  ['Character error rate', `${percent(scores.cer)}: ${errors(scores.characters, 'characters')}`],
  ['Utterances with an error', percent(scores.sentenceErrorRate)],
  ['Utterances', `${scores.utterances}, ${scores.skipped} left out, ${scores.excluded} excluded`],
  ['Real-time factor', scores.realTimeFactor.toFixed(4)],
];

function trainingRows({ training, seed }: ResultCard): [string, string][] {
  const unknown = 'not known: an exported model does not say';
  const epochs = training?.epochs === null ? 'unknown' : training?.epochs;
  return [
    ['Training', training ? `${epochs} epochs of ${training.manifests.join(', ')}` : unknown],
    ['Seed', seed === null ? unknown : String(seed)],
  ];
}

function modelRows(label: string, model: CardModel): [string, string][] {
  const parameters = model.parameters === null ? '' : `, ${model.parameters} parameters`;
  const seed = model.seed === null ? '' : `, seed ${model.seed}`;
  return [
    [
      label,
      `${model.name}: ${model.path}${model.source === model.path ? '' : ` (${model.source})`}${parameters}${seed}`,
    ],
    [`${label} SHA-256`, model.weightsSha256],
  ];
}

/** The card as Markdown. */
export function renderCardMarkdown(card: ResultCard, scores: ReportScores): string {
  const cell = (text: string) => text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/\s+/g, ' ');
  const rows = [...scoreRows(scores), ...cardRows(card)].map(([label, text]) => `| ${label} | ${cell(text)} |`);
  return ['| | |', '|---|---|', ...rows].join('\n');
}

export const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`;

export const interval = ([low, high]: readonly [number, number]): string => `${percent(low)} to ${percent(high)}`;

export function errors(counts: ReportScores['words'], unit: string): string {
  const { reference, substitutions, deletions, insertions } = counts;
  return `${substitutions} substituted, ${deletions} deleted, ${insertions} inserted of ${reference} ${unit}`;
}

/** As a POSIX shell reads it back. */
const quoted = (argument: string): string =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
