/** Deterministic random stream (sfc32 seeded by splitmix32); the same key always gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, limit). */
  below(limit: number): number;
  /** Standard normal, by Box and Muller. */
  normal(): number;
  /** Fisher–Yates, in place. */
  shuffle<T>(items: T[]): T[];
}

/** A stream of its own for each key: `createRandom(seed, 'dropout', step)`. */
export function createRandom(...key: (string | number)[]): Random {
  let hash = 0x811c9dc5;
  for (const character of key.join('\u0000')) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  const seedNext = () => {
    hash = (hash + 0x9e3779b9) | 0;
    let z = hash;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) | 0;
  };
  let a = seedNext();
  let b = seedNext();
  let c = seedNext();
  let counter = 1;
  const next32 = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next32();
  const next = () => next32() / 4294967296;
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [items[i], items[j]] = [items[j]!, items[i]!];
      }
      return items;
    },
  };
}
