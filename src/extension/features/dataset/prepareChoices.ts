/** A row of the first question of `ASR: Prepare Dataset`. */
export interface CorpusChoice {
  label: string;
  description?: string;
  detail: string;
  /** Of `asr prepare --format`; or of `--download`. */
  format?: string;
  download?: string;
  /** What to ask about a part of the corpus, where it has some. */
  part?: string;
}

export const corpusChoices: CorpusChoice[] = [
  { label: 'Folder', detail: '.wav or .flac files, each with its text in a .txt of the same name', format: 'folder' },
  {
    ...{ label: 'LibriSpeech', format: 'librispeech' },
    detail: 'folders of speakers and chapters with .trans.txt',
    part: 'Subset, such as dev-clean',
  },
  { label: 'LJ Speech', detail: 'metadata.csv and wavs/', format: 'ljspeech' },
  { label: 'AN4', detail: 'Sphinx: .transcription files and recordings', format: 'an4', part: 'train or test' },
  {
    ...{ label: 'Common Voice', format: 'commonvoice' },
    detail: '.tsv tables and clips/, converted to .wav or .flac',
    part: 'Table: train, dev, test or validated',
  },
  {
    ...{ label: 'Kaldi', format: 'kaldi' },
    detail: 'wav.scp and text; segments and utt2spk where they are there',
    part: 'Data directory inside the folder, such as data/train',
  },
  ...[
    ['librispeech-dev-clean', 'read English, 5.4 h', '338 MB'],
    ['librispeech-test-clean', 'read English, 5.4 h', '347 MB'],
    ['librispeech-train-clean-100', 'read English, 100 h', '6.4 GB'],
    ['librispeech-train-clean-360', 'read English, 360 h', '23 GB'],
    ['ljspeech', 'one English reader, 24 h', '2.7 GB'],
    ['an4', 'spelled names, numbers and dates, 50 minutes', '64 MB'],
  ].map(([download, what, size]) => ({
    label: `$(cloud-download) ${download}`,
    description: size!,
    detail: what!,
    download: download!,
  })),
];

export interface SplitChoice {
  label: string;
  parts: ('train' | 'dev' | 'test')[];
}

export const splitChoices: SplitChoice[] = [
  { label: 'train.jsonl and dev.jsonl (10 % of the audio)', parts: ['train', 'dev'] },
  { label: 'train.jsonl, dev.jsonl and test.jsonl (10 % each)', parts: ['train', 'dev', 'test'] },
  { label: 'One manifest, train.jsonl', parts: ['train'] },
];

export interface PrepareRequest {
  corpus: CorpusChoice;
  folder: string;
  /** Empty for the whole corpus. */
  part: string;
  split: SplitChoice;
  place(name: string): string;
}

/** The command line of the engine. */
export function prepareArguments({ corpus, folder, part, split, place }: PrepareRequest): string[] {
  const source = corpus.download
    ? ['prepare', '--download', corpus.download, '--dir', folder]
    : ['prepare', folder, '--format', corpus.format!];
  const outputs = split.parts.flatMap((name) => [name === 'train' ? '--out' : `--${name}-out`, place(`${name}.jsonl`)]);
  return [...source, ...(part === '' ? [] : ['--split', part]), ...outputs];
}
