/** Words that compete for one place of the combined transcript, with the number of votes of each; '' is no word. */
type Slot = Map<string, number>;

/**
 * ROVER (Fiscus 1997) by frequency of occurrence: transcripts are aligned one after the other to a network of slots, and
 * the word with the most votes takes each slot. Of equally voted words the one of the earliest transcript wins, so the
 * best model should come first. Transcripts may differ in length; an empty list gives ''.
 */
export function combineTranscripts(transcripts: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = transcripts;
  let slots: Slot[] = first.map((word) => new Map([[word, 1]]));
  for (const [index, words] of others.entries()) slots = merge(slots, words, index + 1);
  return slots.map(winner).filter((word) => word !== '');
}

/** The slots with another transcript's votes: `before` transcripts have voted so far. */
function merge(slots: readonly Slot[], words: readonly string[], before: number): Slot[] {
  const moves = alignmentMoves(slots, words);
  const merged: Slot[] = [];
  let i = slots.length;
  let j = words.length;
  while (i > 0 || j > 0) {
    const move = moves[i]![j]!;
    if (move === 'insert') {
      merged.push(
        new Map([
          ['', before],
          [words[--j]!, 1],
        ]),
      );
    } else {
      const word = move === 'match' ? words[--j]! : '';
      const slot = slots[--i]!;
      merged.push(slot.set(word, (slot.get(word) ?? 0) + 1));
    }
  }
  return merged.reverse();
}

type Move = 'match' | 'skip' | 'insert';

/** Fewest edits between slots and words: a word costs nothing where it is in the slot, and no word where '' is. */
function alignmentMoves(slots: readonly Slot[], words: readonly string[]): Move[][] {
  const moves: Move[][] = [];
  let costs: number[] = [];
  for (let i = 0; i <= slots.length; i++) {
    const row: number[] = [];
    const rowMoves: Move[] = [];
    for (let j = 0; j <= words.length; j++) {
      if (i === 0 && j === 0) {
        row.push(0);
        rowMoves.push('match');
        continue;
      }
      const slot = slots[i - 1];
      const match = i > 0 && j > 0 ? costs[j - 1]! + (slot!.has(words[j - 1]!) ? 0 : 1) : Number.POSITIVE_INFINITY;
      const skip = i > 0 ? costs[j]! + (slot!.has('') ? 0 : 1) : Number.POSITIVE_INFINITY;
      const insert = j > 0 ? row[j - 1]! + 1 : Number.POSITIVE_INFINITY;
      const least = Math.min(match, skip, insert);
      row.push(least);
      rowMoves.push(match === least ? 'match' : skip === least ? 'skip' : 'insert');
    }
    costs = row;
    moves.push(rowMoves);
  }
  return moves;
}

/** Insertion order of the map is the order of the transcripts. */
function winner(slot: Slot): string {
  let best = '';
  let most = -1;
  for (const [word, votes] of slot)
    if (votes > most) {
      best = word;
      most = votes;
    }
  return best;
}
