import { type ConfigKey, configKeys, experimentJsonSchema } from './configKeys.ts';
import type { ConfigRule } from './lintExperiment.ts';

/** docs/config.md: every key with its meaning, values and default, and what lint says about configs by `rules`. */
export function renderConfigDocs(rules: readonly ConfigRule[]): string {
  const keys = configKeys();
  const sections = keys.filter((key) => key.section || keys.some(({ path }) => path.startsWith(`${key.path}[].`)));
  const top = keys.filter((key) => !key.path.includes('.') && !sections.includes(key));
  const lines = [
    '# Config keys (`*.asr.yaml`)',
    '',
    'Rendered from `src/shared/config/schema.ts` by `npm run generate`. Every key but `data.train` has a default; unknown keys are errors. Paths are relative to the config file.',
    '',
    ...table(top, ''),
  ];
  for (const section of sections) {
    const prefix = `${section.path}${section.section ? '' : '[]'}.`;
    const own = keys.filter((key) => key.path.startsWith(prefix) && !key.path.slice(prefix.length).includes('.'));
    const plain = own.filter((key) => !key.section);
    lines.push(`## \`${section.path}\``, '', section.description + cite(section), '');
    if (!section.section && section.default !== undefined) lines.push(`Default: \`${flow(section.default)}\``, '');
    if (plain.length > 0) lines.push(...table(plain, prefix));
  }
  lines.push(
    '# What `asr lint` says about a config',
    '',
    '| code | severity | finds |',
    '|---|---|---|',
    ...rules.map(({ code, severity, finds }) => `| ${code} | ${severity} | ${finds} |`),
    '',
  );
  return lines.join('\n');
}

/** docs/asr-config.schema.json, for editors that know YAML but not this extension; short lists on one line. */
export function renderJsonSchema(): string {
  const indented = JSON.stringify(experimentJsonSchema(), undefined, 2);
  const joined = indented.replace(/^(.*)\[\n([^[\]{}]*?)\n\s*\]/gm, (whole, before: string, items: string) => {
    const line = `${before}[${items.trim().replace(/\n\s*/g, ' ')}]`;
    return line.length < 120 ? line : whole;
  });
  return `${joined}\n`;
}

function table(keys: readonly ConfigKey[], prefix: string): string[] {
  return [
    '| key | value | default | meaning and effect |',
    '|---|---|---|---|',
    ...keys.map((key) => {
      const fallback = key.required ? 'required' : key.default === undefined ? '' : `\`${flow(key.default)}\``;
      return `| \`${key.path.slice(prefix.length)}\` | ${key.expected} | ${fallback} | ${key.description}${cite(key)}${key.effect ? ` ${key.effect}` : ''} |`;
    }),
    '',
  ];
}

const cite = ({ source }: ConfigKey) => (source === undefined ? '' : ` (${source})`);

/** A value as one would write it in the config. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${flow(inner)}`)
      .join(', ')} }`;
  }
  return typeof value === 'string' && /[^\w.-]/.test(value) ? JSON.stringify(value) : String(value);
}
