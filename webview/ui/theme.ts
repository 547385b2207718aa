/** The colours a canvas paints with, from the theme's variables. */
export interface Theme {
  highContrast: boolean;
  light: boolean;
  background: string;
  foreground: string;
  muted: string;
  border: string;
  accent: string;
  /** Faint lines behind data. */
  grid: string;
  fontFamily: string;
  monoFamily: string;
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const color = (fallback: string, ...names: string[]): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value) return value;
    }
    return fallback;
  };
  const kind = document.body.dataset.vscodeThemeKind ?? document.body.className;
  const highContrast = kind.includes('high-contrast');
  const light = kind.includes('light');
  const foreground = color(light ? '#333333' : '#cccccc', 'editor-foreground', 'foreground');
  return {
    highContrast,
    light,
    background: color(light ? '#ffffff' : '#1e1e1e', 'editor-background'),
    foreground,
    muted: highContrast ? foreground : color(foreground, 'descriptionForeground'),
    border: color(foreground, 'contrastBorder', 'panel-border', 'editorWidget-border'),
    accent: color('#3794ff', 'charts-blue', 'textLink-foreground'),
    grid: highContrast ? foreground : color(foreground, 'editorIndentGuide-background1', 'panel-border'),
    fontFamily: style.getPropertyValue('--vscode-font-family').trim() || 'sans-serif',
    monoFamily: style.getPropertyValue('--vscode-editor-font-family').trim() || 'monospace',
  };
}

/** Calls back after the user has changed the theme; returns what stops it. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(() => changed());
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-kind'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  return () => observer.disconnect();
}
