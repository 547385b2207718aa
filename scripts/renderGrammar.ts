import { configKeys } from '../src/shared/config/configKeys.ts';

/** The part a key plays, by the section it stands in: it decides the colour. */
const roleOf = (section: string): string =>
  ['data', 'text', 'tokenizer'].includes(section)
    ? 'entity.name.tag.data.asr'
    : ['features', 'augment'].includes(section)
      ? 'entity.name.function.signal.asr'
      : ['model', 'loss', 'decoding'].includes(section)
        ? 'entity.name.type.model.asr'
        : ['optimizer', 'schedule', 'training'].includes(section)
          ? 'variable.other.constant.learning.asr'
          : 'keyword.control.experiment.asr';

/** A key that ends with its unit says what its number counts: the unit has a colour of its own. */
const unit = {
  match: '(?<=[a-z])(?:Hz|Ms|Sec|Seconds|Db|Bins|Samples|Epochs)$',
  name: 'keyword.other.unit.asr',
};

const alternatives = (names: Iterable<string>) => [...new Set(names)].sort().reverse().join('|');

/** TextMate grammar of `*.asr.yaml`: the schema's keys by role and its values, over the part of YAML that configs use. */
export function renderGrammar(): string {
  const { sections, keys } = renderKeyRules();
  const values = configKeys()
    .flatMap((key) => key.values ?? [])
    .filter((value) => !['true', 'false'].includes(value));
  const patterns = [
    'comment',
    'manifest',
    'quoted',
    'sections',
    'keys',
    'otherKeys',
    'number',
    'value',
    'punctuation',
    'plain',
  ];
  const quoted = (kind: string, quote: string, end: string, escaped: string) => ({
    name: `string.quoted.${kind}.asr`,
    begin: quote,
    end,
    patterns: [{ match: escaped, name: 'constant.character.escape.asr' }],
  });
  return `${JSON.stringify(
    {
      name: 'ASR Experiment',
      scopeName: 'source.yaml.asr',
      patterns: patterns.map((name) => ({ include: `#${name}` })),
      repository: {
        comment: { match: '(?:(?<=\\s)|^)#.*$', name: 'comment.line.number-sign.asr' },
        manifest: { match: '[^\\s,\\[\\]{}\'"#:]+\\.(?:jsonl|wav|flac)\\b', name: 'string.unquoted.manifest.asr' },
        quoted: { patterns: [quoted('double', '"', '"|$', '\\\\.'), quoted('single', "'", "'(?!')|$", "''")] },
        sections: { patterns: sections },
        keys: { patterns: keys },
        otherKeys: { match: '[\\w.-]+(?=\\s*:(?:\\s|$))', name: 'entity.name.tag.unknown.asr' },
        number: {
          match: '(?<=[\\s\\[,{:-])[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?(?=[\\s,\\]}]|$)',
          name: 'constant.numeric.asr',
        },
        value: {
          patterns: [
            {
              match: `(?<=[\\s\\[,:])(${alternatives(values)})(?=\\s*(?:[,}\\]#]|$))`,
              name: 'support.constant.value.asr',
            },
            { match: '(?<=[\\s\\[,:])(true|false|null|~)(?=\\s*(?:[,}\\]#]|$))', name: 'constant.language.asr' },
          ],
        },
        punctuation: {
          patterns: [
            { match: ':(?=\\s|$)', name: 'punctuation.separator.key-value.asr' },
            { match: '^\\s*(-)(?=\\s)', captures: { 1: { name: 'punctuation.definition.block.sequence.item.asr' } } },
            { match: '[\\[\\]{},]', name: 'punctuation.definition.collection.asr' },
            { match: '^(---|\\.\\.\\.)\\s*$', name: 'entity.other.document.asr' },
            { match: '[&*][\\w-]+', name: 'variable.other.alias.asr' },
          ],
        },
        plain: { match: '[^\\s\\[\\]{},:#\'"][^\\s\\[\\]{},:]*', name: 'string.unquoted.plain.asr' },
      },
    },
    undefined,
    2,
  )}\n`;
}

/** Rules for the keys at the start of a line, and for those inside sections. */
function renderKeyRules() {
  const keys = configKeys();
  const roots = keys.filter((key) => !key.path.includes('.'));
  const roles = new Map<string, string[]>();
  for (const { name } of roots) roles.set(roleOf(name), [...(roles.get(roleOf(name)) ?? []), name]);
  const rootKeys = [...roles].map(([scope, names]) => ({
    match: `^(${alternatives(names)})(?=\\s*:(?:\\s|$))`,
    name: `markup.bold.section.asr ${scope}`,
  }));
  const rolesOf = new Map<string, Set<string>>();
  for (const { path, name } of keys) {
    if (path.includes('.')) rolesOf.set(name, (rolesOf.get(name) ?? new Set()).add(roleOf(path.split(/[.[]/)[0]!)));
  }
  const inner = new Map<string, string[]>();
  for (const [name, scopes] of rolesOf) {
    // A name that several parts use, like `type`, belongs to none.
    const role = scopes.size === 1 ? [...scopes][0]! : roleOf('');
    inner.set(role, [...(inner.get(role) ?? []), name]);
  }
  const innerKeys = [...inner].map(([scope, names]) => ({
    // A key stands at the start of a line, of an item, or inside braces.
    match: `(?<=[\\s{,])(${alternatives(names)})(?=\\s*:(?:\\s|$))`,
    captures: { 1: { name: scope, patterns: [unit] } },
  }));
  return { sections: rootKeys, keys: innerKeys };
}
