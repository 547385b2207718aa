/**
 * A manifest's line with `"exclude": true`, the rest of it as it was; undefined when it is not of this recording.
 * An excluded utterance stays in the manifest and is left out of training and evaluation.
 */
export function excludeLine(line: string, audioFilepath: string): string | undefined {
  const entry = parseObject(line);
  if (entry?.audio_filepath !== audioFilepath) return undefined;
  if (entry.exclude === true) return line;
  if ('exclude' in entry) return line.replace(/("exclude"\s*:\s*)(?:false|null|-?\d+|"[^"]*")/, '$1true');
  return line.replace(/\s*\}\s*$/, (end) => `, "exclude": true${end}`);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
