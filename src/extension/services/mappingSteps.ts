/** A mapping as far as it is known; the engine's schema says what each key means. */
export interface Proposal {
  input?: { name: string; layout: string };
  output?: { name: string };
  vocabulary?: unknown;
  blank?: number | 'last';
  features?: Record<string, unknown>;
  timeStride?: number;
  [key: string]: unknown;
}

interface Choice {
  label: string;
  detail?: string;
  /** Undefined asks for it to be typed. */
  value?: unknown;
}

interface Question {
  placeHolder: string;
  /** The likeliest first. */
  choices: Choice[];
  typed?: {
    value?: string;
    /** Why what was typed will not do. */
    validateInput(text: string): string | undefined;
    read(text: string): unknown;
  };
}

export interface MappingStep {
  ask(mapping: Proposal, context: { texts: readonly string[] }): Question;
  put(mapping: Proposal, value: unknown): Proposal;
}

const layouts: Record<string, string> = {
  'batch,bins,time': 'features, bins before time (NeMo)',
  'batch,time,bins': 'features, time before bins (WeNet, ESPnet, icefall)',
  'batch,1,bins,time': 'features with a channel axis',
  waveform: 'samples from −1 to 1 (wav2vec 2.0)',
};

const wholeNumber = (least: number, value?: number): NonNullable<Question['typed']> => ({
  ...(value === undefined ? {} : { value: String(value) }),
  validateInput: (text) =>
    /^\d+$/.test(text.trim()) && Number(text) >= least ? undefined : `A whole number from ${least} on.`,
  read: (text) => Number(text),
});

/** The value that is known comes first, marked as found. */
function foundFirst(choices: Choice[], isFound: (choice: Choice) => boolean): Choice[] {
  const found = choices.filter(isFound).map((choice) => ({ ...choice, label: `${choice.label} $(check)` }));
  return [...found, ...choices.filter((choice) => !isFound(choice))];
}

const inputStep: MappingStep = {
  ask: ({ input }) => ({
    placeHolder: `What the input "${input?.name ?? ''}" takes`,
    choices: foundFirst(
      Object.entries(layouts).map(([value, detail]) => ({ label: value, detail, value })),
      ({ value }) => value === input?.layout,
    ),
  }),
  put: (mapping, layout) => ({ ...mapping, input: { ...mapping.input!, layout: layout as string } }),
};

const unitsStep: MappingStep = {
  ask({ vocabulary }, { texts }) {
    const known = typeof vocabulary === 'object' && vocabulary !== null && 'tokens' in vocabulary && vocabulary.tokens;
    return {
      placeHolder: 'File with its units in the order of the output, beside the model',
      choices: [
        ...foundFirst(
          texts.map((name) => ({ label: name, value: { tokens: name } })),
          ({ label }) => label === known,
        ),
        ...(Array.isArray(vocabulary) ? [{ label: `${vocabulary.length} units, as found`, value: vocabulary }] : []),
        { label: 'Type the units…', detail: 'separated by spaces' },
      ],
      typed: {
        validateInput: (text) => (text.trim().split(/\s+/).length >= 2 ? undefined : 'At least two units.'),
        read: (text) => text.trim().split(/\s+/),
      },
    };
  },
  put: (mapping, vocabulary) => ({ ...mapping, vocabulary }),
};

const blankStep: MappingStep = {
  ask: ({ blank }) => ({
    placeHolder: "Where CTC's blank stands among the units",
    choices: foundFirst(
      [
        { label: 'First', detail: 'index 0 (Hugging Face, icefall, WeNet)', value: 0 },
        { label: 'Last', detail: 'NeMo', value: 'last' },
        ...(typeof blank === 'number' && blank > 0 ? [{ label: `Index ${blank}`, value: blank }] : []),
        { label: 'Another index…' },
      ],
      ({ value }) => value !== undefined && value === blank,
    ),
    typed: wholeNumber(0),
  }),
  put: (mapping, blank) => ({ ...mapping, blank: blank as number | 'last' }),
};

const featuresStep: MappingStep = {
  ask({ features, input }) {
    if (input?.layout === 'waveform')
      return { placeHolder: 'Sample rate in Hz', choices: [], typed: { ...wholeNumber(4000, 16_000), read: rateOf } };
    const mels = typeof features?.mels === 'number' ? features.mels : 80;
    const presets: Choice[] = [
      { label: `NeMo, ${mels} mel bands`, value: { type: 'nemo', mels, normalization: 'utterance' } },
      { label: `Kaldi fbank, ${mels} bands`, value: { type: 'fbank', mels, lowHz: 20, normalization: 'none' } },
      { label: `Log-mel in decibels, ${mels} bands`, value: { type: 'logMel', mels, normalization: 'none' } },
    ];
    const own = { label: 'As found', detail: JSON.stringify(features), value: features };
    return { placeHolder: 'Features it was trained on', choices: features ? [own, ...presets] : presets };
  },
  put: (mapping, features) => ({ ...mapping, features: features as Record<string, unknown> }),
};
const rateOf = (text: string) => ({ sampleRateHz: Number(text) });

const strideStep: MappingStep = {
  ask: ({ timeStride, input }) => ({
    placeHolder:
      input?.layout === 'waveform'
        ? 'Samples per output frame (wav2vec 2.0 has 320)'
        : 'Feature frames per output frame (often 4; 8 for FastConformer)',
    choices: [],
    typed: wholeNumber(1, timeStride ?? (input?.layout === 'waveform' ? 320 : 4)),
  }),
  put: (mapping, timeStride) => ({ ...mapping, timeStride: timeStride as number }),
};

/** What a model exported elsewhere does not tell, in the order in which it is asked. */
export const mappingSteps: readonly MappingStep[] = [inputStep, unitsStep, blankStep, featuresStep, strideStep];

/** In a line. */
export function summaryOf({ input, vocabulary, blank, features, timeStride }: Proposal): string {
  const units = Array.isArray(vocabulary) ? `${vocabulary.length} units` : JSON.stringify(vocabulary);
  return `${input?.layout} · ${units} · blank ${blank} · ${JSON.stringify(features)} · time stride ${timeStride}`;
}
