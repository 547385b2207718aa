import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, relative } from 'node:path';
import { decodeText, encodeText } from '../../../../../asr/annotations/decodeText.ts';
import type { LineFormatName } from '../../../../../asr/annotations/sources/lineFormats.ts';
import { saveLines } from '../../../../../asr/annotations/sources/saveLines.ts';
import { saveTextGrid } from '../../../../../asr/annotations/sources/saveTextGrid.ts';
import type { SourceItem } from '../../../../../asr/annotations/sources/source.ts';
import type { SaveOutcome, SaveRequest, TierToSave } from '../annotationsProtocol.ts';
import { replaceFile } from './replaceFile.ts';

/** Brings changed items into their file as it stands now. */
export async function saveSource(request: SaveRequest): Promise<SaveOutcome> {
  const { file, open } = request;
  const bytes = open === undefined ? await readFile(file).catch(nothingThere) : undefined;
  const { text, encoding, lossy } = bytes ? decodeText(bytes) : { text: open, encoding: 'utf8' as const, lossy: false };
  if (lossy) return { conflict: 'it is not saved as UTF-8 or UTF-16' };
  const written = write(request, text);
  if ('conflict' in written || open !== undefined) return written;
  if (written.text !== text) await replaceFile(file, encodeText(written.text!, encoding));
  const { mtimeMs, size } = await stat(file);
  const { saved, text: whole } = written;
  return { saved, stamp: `${mtimeMs} ${size}`, ...(request.format === 'text' ? { text: whole! } : {}) };
}

function nothingThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

function write(request: SaveRequest, text: string | undefined): SaveOutcome {
  const { format, tiers, recording, overwrite } = request;
  if (format === 'text') return writeText(request, text);
  if (text === undefined && !overwrite && tiers.some(({ before }) => before))
    return { conflict: 'it is no longer there' };
  if (format === 'textGrid') {
    const grid = saveTextGrid(text, tiers.map(gridTier), recording.durationSec, overwrite);
    if ('conflict' in grid) return grid;
    return { text: grid.text, saved: tiers.map(({ after }, i) => after && { key: grid.keys[i]! }) };
  }
  return writeLines(request, format, text ?? '');
}

const gridTier = ({ name, kind, changed, before, after }: TierToSave) => ({
  before,
  after: after && { name, kind, items: after },
  changed,
});

function writeLines(
  { tiers, file, recording, overwrite }: SaveRequest,
  format: LineFormatName,
  text: string,
): SaveOutcome {
  const path = relative(dirname(file), recording.file).replaceAll('\\', '/');
  const about = {
    audioPath: isAbsolute(path) ? recording.file : path,
    stem: basename(recording.file, extname(recording.file)),
  };
  const lines = tiers.map(({ before, after }) => ({ before: before?.items ?? [], after: after ?? [] }));
  const saved = saveLines(text, format, lines, about, overwrite);
  if ('missing' in saved) {
    const some =
      saved.missing === 1 ? 'a line was changed or removed' : `${saved.missing} lines were changed or removed`;
    return { conflict: `${some} there too` };
  }
  return {
    text: saved.text,
    saved: tiers.map(({ before, after, name }, i) => {
      if (!after) return undefined;
      const items = after.map((item, j): SourceItem => {
        const place = saved.places[i]![j];
        return { ...item, ...(place ? { place } : {}) };
      });
      return { key: before?.key ?? name, items };
    }),
  };
}

/** The whole file is one transcript; white space around it stays. */
function writeText({ tiers, read, overwrite }: SaveRequest, text: string | undefined): SaveOutcome {
  const [tier] = tiers;
  if (text !== read && !overwrite)
    return { conflict: text === undefined ? 'it is no longer there' : 'it was changed there too' };
  const transcript = tier?.after?.[0]?.text ?? '';
  const [before = '', after = '\n'] = text === undefined ? [] : (/^(\s*)(?:.*\S)?(\s*)$/su.exec(text)?.slice(1) ?? []);
  return { text: before + transcript + after, saved: [tier?.after && { key: 'text' }] };
}
