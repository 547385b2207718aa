/** One row of a CSV (with quotes) or TSV file. Fields that span lines are not supported. */
export function splitRow(line: string, delimiter: ',' | '\t' | '|'): string[] {
  const row = line.replace(/\r$/, '');
  // Common Voice and LJ Speech write quotes as they are.
  if (delimiter !== ',') return row.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  while (at <= row.length) {
    if (row[at] === '"') {
      const [field, end] = quotedField(row, at);
      fields.push(field);
      at = end + 1;
    } else {
      const end = row.indexOf(delimiter, at);
      fields.push(row.slice(at, end < 0 ? row.length : end));
      at = (end < 0 ? row.length : end) + 1;
    }
  }
  return fields;
}

/** The field that begins with a quote, and where it ends. */
function quotedField(row: string, start: number): [field: string, end: number] {
  let field = '';
  for (let at = start + 1; ; at++) {
    const quote = row.indexOf('"', at);
    if (quote < 0) return [field + row.slice(at), row.length];
    field += row.slice(at, quote);
    if (row[quote + 1] === '"') field += '"';
    else {
      const end = row.indexOf(',', quote);
      return [field, end < 0 ? row.length : end];
    }
    at = quote + 1;
  }
}

export interface AudioColumns {
  audio: number;
  text: number;
  speaker: number;
}

const names = {
  audio: [
    'path',
    'audio_filepath',
    'audio',
    'file',
    'filename',
    'file_name',
    'wav',
    'wav_filename',
    'clip',
    'audio_path',
  ],
  text: ['sentence', 'text', 'transcript', 'transcription', 'transcripts', 'normalized_text'],
  speaker: ['client_id', 'speaker', 'speaker_id'],
} as const;

/** Which columns of a table hold a recording's path, what is said, and who says it (−1 for nobody); undefined for other tables. */
export function findAudioColumns(header: readonly string[]): AudioColumns | undefined {
  const lower = header.map((name) =>
    name
      .replace(/^\uFEFF/, '')
      .trim()
      .toLowerCase(),
  );
  const find = (known: readonly string[]) =>
    known.map((name) => lower.indexOf(name)).find((column) => column >= 0) ?? -1;
  const [audio, text, speaker] = [find(names.audio), find(names.text), find(names.speaker)];
  return audio < 0 || text < 0 ? undefined : { audio, text, speaker };
}
