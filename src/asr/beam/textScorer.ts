import type { NgramModel } from '../lm/ngramModel.ts';
import type { Hotwords } from './hotwords.ts';

/** What a search adds to the acoustic score of a transcript, for the text read so far. */
export interface TextState {
  /** Weighed sum of all below, with what open hotwords are worth so far. */
  readonly bonus: number;
  /** ln p of the finished words by the language model. */
  readonly languageLog: number;
  /** Context of the language model before the word that is being read. */
  readonly context: number;
  /** Finished words. */
  readonly words: number;
  /** The word that is being read. */
  readonly open: string;
  readonly hotState: number;
  /** Boosts of the phrases that are complete. */
  readonly hotScore: number;
}

export interface TextScorer {
  readonly start: TextState;
  /** The most that one unit can add to a bonus. */
  readonly mostGain: number;
  extend(state: TextState, token: number): TextState;
  /** The last word and the sentence end. */
  finish(state: TextState): TextState;
}

export interface TextScoring {
  /** Index 0 is the blank; units that begin a word have a leading space. */
  vocabulary: readonly string[];
  languageModel?: { model: NgramModel; weight: number };
  /** Added for each word, natural logarithm. */
  wordBonus: number;
  hotwords?: Hotwords;
}

const wordsKept = 50_000;

/**
 * Shallow fusion at word boundaries: `weight`·ln p of each finished word, a bonus per word (Hannun et al. 2014), and
 * hotwords. A vocabulary without spaces makes one word of a whole utterance.
 */
export function createTextScorer({ vocabulary, languageModel, wordBonus, hotwords }: TextScoring): TextScorer {
  const units = vocabulary.map((unit) => [...unit]);
  const ids = new Map<string, number>();
  const { model, weight } = languageModel ?? { weight: 0 };
  const idOf = (word: string) => {
    let id = ids.get(word);
    if (id === undefined) {
      id = model!.wordId(word);
      if (ids.size >= wordsKept) ids.clear();
      ids.set(word, id);
    }
    return id;
  };
  const weighed = (state: Omit<TextState, 'bonus'>, credit: boolean): TextState => ({
    ...state,
    bonus:
      weight * state.languageLog +
      wordBonus * state.words +
      state.hotScore +
      (credit && hotwords ? hotwords.credit(state.hotState) : 0),
  });
  const close = (state: Draft) => {
    if (state.open === '') return;
    if (model) {
      const id = idOf(state.open);
      state.languageLog += model.logProbability(state.context, id);
      state.context = model.contextAfter(state.context, id);
    }
    state.words++;
    state.open = '';
    hear(state, ' ');
  };
  const hear = (state: Draft, character: string) => {
    if (!hotwords) return;
    state.hotState = hotwords.next(state.hotState, character);
    state.hotScore += hotwords.completed(state.hotState);
  };
  const spacesIn = (unit: readonly string[]) => unit.filter((character) => character === ' ').length;
  const longest = Math.max(...units.slice(1).map((unit) => unit.length));
  return {
    start: weighed(
      {
        languageLog: 0,
        context: model?.begin ?? 0,
        words: 0,
        open: '',
        hotState: hotwords?.start ?? 0,
        hotScore: 0,
      },
      true,
    ),
    mostGain: Math.max(0, wordBonus) * Math.max(...units.slice(1).map(spacesIn)) + (hotwords?.mostGain ?? 0) * longest,
    extend(state, token) {
      const draft: Draft = { ...state };
      for (const character of units[token]!) {
        if (character === ' ') close(draft);
        else {
          draft.open += character;
          hear(draft, character);
        }
      }
      return weighed(draft, true);
    },
    finish(state) {
      const draft: Draft = { ...state };
      close(draft);
      if (model && model.end >= 0) draft.languageLog += model.logProbability(draft.context, model.end);
      return weighed(draft, false);
    },
  };
}

type Draft = { -readonly [K in keyof Omit<TextState, 'bonus'>]: TextState[K] };
