/**
 * A file name as a glob pattern that matches it. Braces have no escape that every matcher knows, so that any one
 * character stands for them, as for a question mark.
 */
export function escapeGlob(name: string): string {
  return name.replace(/[{}]/g, '?').replace(/[[\]*]/g, (character) => `[${character}]`);
}
