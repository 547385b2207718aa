export interface WebviewPage {
  /** Bundle in `dist/`, for example `spectrogram.js`. */
  script: string;
  /** Style sheet in `dist/`, when the page has one. */
  style?: string;
  /** Accessible name of the page; fixed text, never data. */
  title: string;
  /** The page compiles WebAssembly. */
  wasm?: boolean;
}

/** The page itself, as text. */
export function renderPage(
  page: WebviewPage,
  nonce: string,
  cspSource: string,
  uriOf: (file: string) => string,
  language: string,
): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'${page.wasm ? " 'wasm-unsafe-eval'" : ''}`,
    `style-src ${cspSource} 'unsafe-inline'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  const style = page.style ? `\n<link rel="stylesheet" href="${escapeHtml(uriOf(page.style))}">` : '';
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<title>${escapeHtml(page.title)}</title>${style}
</head>
<body>
<main id="root" aria-label="${escapeHtml(page.title)}"></main>
<script nonce="${nonce}" type="module" src="${escapeHtml(uriOf(page.script))}"></script>
</body>
</html>`;
}

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
