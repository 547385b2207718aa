import { type Document, isCollection, isNode, type Node, parseDocument } from 'yaml';
import { UserError } from '../problem.ts';

/**
 * The text with one key set, comments and layout kept: `applySet(text, 'training.epochs=3')`.
 * The value is YAML; list items are named by index (`model.blocks.0.channels=32`). Whether the key exists and the value
 * fits is for `parseExperiment` to say.
 */
export function applySet(text: string, assignment: string): string {
  const document: Document = parseDocument(text);
  if (document.errors.length > 0) return text;
  setKey(document, assignment);
  return document.toString({ lineWidth: 0 });
}

/** The same in a parsed document. What is set has no place in its text. */
export function setKey(document: Document, assignment: string): void {
  const equals = assignment.indexOf('=');
  const path = assignment.slice(0, Math.max(0, equals)).trim().split('.');
  if (equals < 0 || path.some((part) => part === '')) {
    throw new UserError(`"${assignment}" is not key=value, such as training.epochs=3`);
  }
  const steps: (string | number)[] = path.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  makeHolders(document, steps);
  const value = document.createNode(parseValue(assignment, equals)) as Node;
  const old = document.getIn(steps, true);
  if (isNode(old) && old.comment) value.comment = old.comment;
  document.setIn(steps, value);
}

function parseValue(assignment: string, equals: number): unknown {
  const value = parseDocument(assignment.slice(equals + 1));
  const trouble = value.errors[0] ?? value.warnings[0];
  if (trouble) throw new UserError(`the value of "${assignment}" is not YAML: ${trouble.message}`);
  try {
    return value.toJS({ maxAliasCount: 0 });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new UserError(`the value of "${assignment}" has aliases`);
  }
}

/** Sections on the way that are missing or empty come into being; a value in the way is an error. */
function makeHolders(document: Document, steps: readonly (string | number)[]): void {
  if (document.contents === null) document.contents = document.createNode({});
  for (let depth = 0; depth < steps.length; depth++) {
    const holder = depth === 0 ? document.contents : document.getIn(steps.slice(0, depth), true);
    if (holder === undefined || holder === null) return;
    if (isCollection(holder)) continue;
    if (!isEmpty(holder)) {
      const taken = steps.slice(0, depth).join('.') || 'the config';
      throw new UserError(`cannot set ${steps.join('.')}: ${taken} holds no keys`);
    }
    document.setIn(steps.slice(0, depth), document.createNode({}));
    return;
  }
}

const isEmpty = (node: unknown) => typeof node === 'object' && node !== null && 'value' in node && node.value === null;
