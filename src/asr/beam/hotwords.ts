/** Phrases that a search should favour, read character by character. States are numbers. */
export interface Hotwords {
  /** Before the first character. */
  readonly start: number;
  /** The most that one character can add. */
  readonly mostGain: number;
  /** After one more character; words are told apart by single spaces, one of which ends the last. */
  next(state: number, character: string): number;
  /** Boosts of the phrases whose last character led to this state. */
  completed(state: number): number;
  /** What a phrase that has begun is worth so far: it goes again when the phrase does not go on. */
  credit(state: number): number;
}

interface State {
  children: Map<string, number>;
  fallback: number;
  depth: number;
  completed: number;
  credit: number;
}

/**
 * Every whole occurrence of a phrase adds `boost`; on the way each character adds its share, so that a beam keeps the
 * phrase. All phrases are followed at once, overlapping ones too (Aho & Corasick 1975).
 * @param spaced words are told apart by spaces, so that a phrase counts only between word boundaries
 */
export function createHotwords(phrases: readonly string[], boost: number, spaced: boolean): Hotwords {
  const states: State[] = [{ children: new Map(), fallback: 0, depth: 0, completed: 0, credit: 0 }];
  const edge = spaced ? ' ' : '';
  for (const phrase of new Set(phrases)) addPhrase(states, [...`${edge}${phrase}${edge}`], boost);
  const next = (state: number, character: string): number => {
    for (let at = state; ; at = states[at]!.fallback) {
      const child = states[at]!.children.get(character);
      if (child !== undefined) return child;
      if (at === 0) return 0;
    }
  };
  // Nearest to the root first: a fallback is always nearer than its state.
  const order = states.map((_, index) => index).sort((a, b) => states[a]!.depth - states[b]!.depth);
  for (const index of order)
    for (const [character, child] of states[index]!.children) {
      const state = states[child]!;
      state.fallback = index === 0 ? 0 : next(states[index]!.fallback, character);
      state.completed += states[state.fallback]!.completed;
      state.credit = Math.max(state.credit, states[state.fallback]!.credit);
    }
  // Other steps fall back to a nearer state, whose credit is no higher, and go on from there.
  const gains = states.flatMap(({ children, credit }) =>
    [...children.values()].map((child) => states[child]!.completed + states[child]!.credit - credit),
  );
  const mostGain = gains.reduce((most, gain) => Math.max(most, gain), 0);
  return {
    start: spaced ? next(0, ' ') : 0,
    mostGain,
    next,
    completed: (state) => states[state]!.completed,
    credit: (state) => states[state]!.credit,
  };
}

function addPhrase(states: State[], characters: readonly string[], boost: number): void {
  let at = 0;
  for (const [i, character] of characters.entries()) {
    // Credit belongs to what is still open; the whole phrase is worth its boost by itself.
    const state = states[at]!;
    state.credit = Math.max(state.credit, (boost * i) / characters.length);
    let child = state.children.get(character);
    if (child === undefined) {
      child = states.push({ children: new Map(), fallback: 0, depth: i + 1, completed: 0, credit: 0 }) - 1;
      state.children.set(character, child);
    }
    at = child;
  }
  states[at]!.completed += boost;
}
