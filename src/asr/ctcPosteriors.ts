/** What CTC said of a piece of audio that was heard at once. */
export interface HeardPiece {
  /** Of its first output frame, in its recording. */
  startSec: number;
  frames: number;
  logProbabilities: Float32Array; // [frames, vocabulary], natural logarithms; further rows are ignored
}

/** CTC's posteriors as a picture needs them: the units that matter over all frames, and the likeliest of each frame. */
export interface CtcPosteriors {
  frameSec: number;
  /** Frames of all pieces one after another; between two pieces up to a frame of time is missing or double. */
  frames: number;
  pieces: { startSec: number; frames: number }[];
  /** Texts of units: first the rows, the blank ('') before all, in the order of the vocabulary; then others among the likeliest. */
  units: string[];
  rows: number;
  /** 255 is certain. */
  probabilities: Uint8Array; // [frames, rows]
  topCount: number;
  /** Indices of `units`, likeliest first; one of probability 0 means nothing. */
  topUnits: Uint16Array; // [frames, topCount]
  topProbabilities: Uint8Array; // [frames, topCount]
}

/** A unit that is never likelier is no row. */
const leastProbability = 0.05;
const mostRows = 65;
const mostTop = 5;
/** As many as 16 bits can name. */
const mostUnits = 65_536;

/** Index 0 of the vocabulary is the blank. */
export function collectPosteriors(
  pieces: readonly HeardPiece[],
  vocabulary: readonly string[],
  frameSec: number,
): CtcPosteriors {
  const size = vocabulary.length;
  const frames = pieces.reduce((sum, piece) => sum + piece.frames, 0);
  const topCount = Math.min(mostTop, size);
  const likeliest = new Uint32Array(frames * topCount); // indices of the vocabulary
  const topProbabilities = new Uint8Array(frames * topCount);
  const highest = new Uint8Array(size);
  eachRow(pieces, size, (row, frame) => {
    rankRow(row, likeliest, topProbabilities, frame * topCount, topCount);
    for (let unit = 0; unit < size; unit++) highest[unit] = Math.max(highest[unit]!, toByte(row[unit]!));
  });
  const tokens = chooseRows(highest);
  const rows = tokens.length;
  const places = new Map(tokens.map((token, index) => [token, index]));
  for (const [i, token] of likeliest.entries()) {
    if (topProbabilities[i] === 0 || places.has(token) || tokens.length === mostUnits) continue;
    places.set(token, tokens.length);
    tokens.push(token);
  }
  const probabilities = new Uint8Array(frames * rows);
  eachRow(pieces, size, (row, frame) => {
    for (let i = 0; i < rows; i++) probabilities[frame * rows + i] = toByte(row[tokens[i]!]!);
  });
  return {
    ...{ frameSec, frames, pieces: pieces.map(({ startSec, frames }) => ({ startSec, frames })) },
    ...{ units: tokens.map((token) => (token === 0 ? '' : (vocabulary[token] ?? ''))), rows, probabilities, topCount },
    ...{ topUnits: Uint16Array.from(likeliest, (token) => places.get(token) ?? 0), topProbabilities },
  };
}

const toByte = (logProbability: number): number => Math.round(255 * Math.min(1, Math.exp(logProbability)));

function eachRow(pieces: readonly HeardPiece[], size: number, see: (row: Float32Array, frame: number) => void): void {
  let frame = 0;
  for (const { frames, logProbabilities } of pieces)
    for (let i = 0; i < frames; i++) see(logProbabilities.subarray(i * size, (i + 1) * size), frame++);
}

/** Writes the likeliest units of a frame; of equal ones the first of the vocabulary is before. */
function rankRow(row: Float32Array, units: Uint32Array, bytes: Uint8Array, offset: number, count: number): void {
  let filled = 0;
  for (let unit = 0; unit < row.length; unit++) {
    const value = row[unit]!;
    if (filled === count && value <= row[units[offset + count - 1]!]!) continue;
    let place = filled < count ? filled++ : count - 1;
    for (; place > 0 && row[units[offset + place - 1]!]! < value; place--)
      units[offset + place] = units[offset + place - 1]!;
    units[offset + place] = unit;
  }
  for (let i = 0; i < count; i++) bytes[offset + i] = toByte(row[units[offset + i]!]!);
}

function chooseRows(highest: Uint8Array): number[] {
  const likely = [...highest.keys()].filter((unit) => unit > 0 && highest[unit]! >= 255 * leastProbability);
  likely.sort((a, b) => highest[b]! - highest[a]!);
  return [0, ...likely.slice(0, mostRows - 1).sort((a, b) => a - b)];
}

/** What was said between two times as if it had been heard at once: frames of the pieces nearest to an even grid. */
export function framesBetween(
  pieces: readonly HeardPiece[],
  vocabularySize: number,
  frameSec: number,
  { startSec, endSec }: { startSec: number; endSec: number },
): { logProbabilities: Float32Array; frames: number; startSec: number } {
  const endOf = (piece: HeardPiece) => piece.startSec + piece.frames * frameSec;
  const first = pieces.find((piece) => endOf(piece) > startSec) ?? pieces.at(-1);
  const last = pieces.at(-1);
  if (!first || !last) return { logProbabilities: new Float32Array(0), frames: 0, startSec };
  const skipped = Math.max(0, Math.round((startSec - first.startSec) / frameSec));
  const gridSec = first.startSec + skipped * frameSec;
  // The last frame may reach beyond the audio.
  const untilSec = endSec >= endOf(last) - frameSec ? endOf(last) : endSec;
  const frames = Math.max(0, Math.round((untilSec - gridSec) / frameSec));
  const logProbabilities = new Float32Array(frames * vocabularySize);
  let at = pieces.indexOf(first);
  for (let frame = 0; frame < frames; frame++) {
    const sec = gridSec + (frame + 0.5) * frameSec;
    while (at < pieces.length - 1 && sec >= pieces[at + 1]!.startSec) at++;
    const piece = pieces[at]!;
    const own = Math.max(0, Math.min(piece.frames - 1, Math.floor((sec - piece.startSec) / frameSec)));
    const row = piece.logProbabilities.subarray(own * vocabularySize, (own + 1) * vocabularySize);
    logProbabilities.set(row, frame * vocabularySize);
  }
  return { logProbabilities, frames, startSec: gridSec };
}
