/** Text that stays text in Markdown, whatever it contains; on one line, so that it fits a table. */
export const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>()#+!|~&$-]/g, '\\$&').replace(/\s+/g, ' ');
