import { type Document, isCollection, isNode, parseDocument } from 'yaml';
import { UserError } from '../problem.ts';

/**
 * The text with one key set, comments and layout kept: `applySet(text, 'training.epochs=3')`.
 * The value is YAML; list items are named by index (`model.blocks.0.channels=32`). Whether the key exists and the value
 * fits is for `parseExperiment` to say.
 */
export function applySet(text: string, assignment: string): string {
  const equals = assignment.indexOf('=');
  const path = assignment.slice(0, Math.max(0, equals)).trim().split('.');
  if (equals < 0 || path.some((part) => part === '')) {
    throw new UserError(`"${assignment}" is not key=value, such as training.epochs=3`);
  }
  const value = parseDocument(assignment.slice(equals + 1));
  if (value.errors.length > 0 || value.warnings.length > 0) {
    throw new UserError(`the value of "${assignment}" is not YAML: ${(value.errors[0] ?? value.warnings[0])?.message}`);
  }
  const document: Document = parseDocument(text);
  if (document.errors.length > 0) return text;
  const steps: (string | number)[] = path.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  if (document.contents === null) document.contents = document.createNode({});
  for (let depth = 0; depth < steps.length; depth++) {
    const holder = depth === 0 ? document.contents : document.getIn(steps.slice(0, depth), true);
    if (holder === undefined || holder === null) break;
    if (!isCollection(holder)) {
      if (isEmpty(holder)) {
        document.setIn(steps.slice(0, depth), document.createNode({}));
        break;
      }
      throw new UserError(
        `cannot set ${path.join('.')}: ${path.slice(0, depth).join('.') || 'the config'} holds no keys`,
      );
    }
  }
  const old = document.getIn(steps, true);
  if (isNode(old) && value.contents && old.comment) value.contents.comment = old.comment;
  document.setIn(steps, value.contents);
  return document.toString({ lineWidth: 0 });
}

const isEmpty = (node: unknown) => typeof node === 'object' && node !== null && 'value' in node && node.value === null;
