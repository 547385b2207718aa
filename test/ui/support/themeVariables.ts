export const themes = ['dark', 'light', 'contrast'] as const;
export type Theme = (typeof themes)[number];

/** Of Dark Modern, Light Modern and Dark High Contrast, what the panel's parts and the toolkit's controls use. */
const colors: Record<string, [dark: string, light: string, contrast: string]> = {
  'editor-background': ['#1f1f1f', '#ffffff', '#000000'],
  'editor-foreground': ['#cccccc', '#3b3b3b', '#ffffff'],
  foreground: ['#cccccc', '#3b3b3b', '#ffffff'],
  descriptionForeground: ['#9d9d9d', '#3b3b3b', '#ffffffb3'],
  focusBorder: ['#0078d4', '#005fb8', '#f38518'],
  contrastBorder: ['', '', '#6fc3df'],
  contrastActiveBorder: ['', '', '#f38518'],
  'panel-border': ['#2b2b2b', '#e5e5e5', '#6fc3df'],
  'editorIndentGuide-background1': ['#404040', '#d3d3d3', '#ffffff'],
  'charts-blue': ['#3794ff', '#1a85ff', '#3794ff'],
  'button-background': ['#0078d4', '#005fb8', '#000000'],
  'button-foreground': ['#ffffff', '#ffffff', '#ffffff'],
  'button-border': ['#ffffff12', '#0000001a', '#6fc3df'],
  'button-secondaryBackground': ['#313131', '#e5e5e5', '#000000'],
  'button-secondaryForeground': ['#cccccc', '#3b3b3b', '#ffffff'],
  'button-secondaryHoverBackground': ['#3c3c3c', '#cccccc', ''],
  'dropdown-background': ['#313131', '#ffffff', '#000000'],
  'dropdown-foreground': ['#cccccc', '#3b3b3b', '#ffffff'],
  'dropdown-border': ['#3c3c3c', '#cecece', '#6fc3df'],
  'settings-dropdownBackground': ['#313131', '#ffffff', '#000000'],
  'list-hoverBackground': ['#2a2d2e', '#f2f2f2', '#ffffff1a'],
  'input-background': ['#313131', '#ffffff', '#000000'],
  'input-foreground': ['#cccccc', '#3b3b3b', '#ffffff'],
  'input-border': ['#3c3c3c', '#cecece', '#6fc3df'],
  'input-placeholderForeground': ['#989898', '#767676', '#ffffffb3'],
  'inputOption-activeBackground': ['#2489db82', '#bed6ed', '#00000000'],
  'inputOption-activeBorder': ['#2488db', '#005fb8', '#f38518'],
  'inputOption-activeForeground': ['#ffffff', '#000000', '#ffffff'],
  'inputValidation-warningBackground': ['#352a05', '#f6f5d2', '#000000'],
  'inputValidation-warningBorder': ['#b89500', '#b89500', '#6fc3df'],
  'editorWarning-foreground': ['#cca700', '#bf8803', '#ffd370'],
  'menu-background': ['#1f1f1f', '#ffffff', '#000000'],
  'menu-foreground': ['#cccccc', '#3b3b3b', '#ffffff'],
  'menu-border': ['#454545', '#cecece', '#6fc3df'],
  'menu-selectionBackground': ['#0078d4', '#005fb8', ''],
  'menu-selectionForeground': ['#ffffff', '#ffffff', ''],
  'menu-selectionBorder': ['', '', '#f38518'],
  'menu-separatorBackground': ['#454545', '#cecece', '#6fc3df'],
  'toolbar-hoverBackground': ['#5a5d5e50', '#b8b8b850', ''],
};

const fonts = {
  'font-family': 'system-ui, Ubuntu, sans-serif',
  'font-size': '13px',
  'font-weight': 'normal',
  'editor-font-family': "'Droid Sans Mono', monospace",
};

export function themeVariables(theme: Theme): { bodyClass: string; variables: Record<string, string> } {
  const index = themes.indexOf(theme);
  const set = Object.entries(colors).flatMap(([name, values]) => (values[index] ? [[name, values[index]]] : []));
  const bodyClass = { dark: 'vscode-dark', light: 'vscode-light', contrast: 'vscode-high-contrast' }[theme];
  return { bodyClass, variables: { ...fonts, ...Object.fromEntries(set) } };
}
