import * as path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { type Theme, themes, themeVariables } from '../ui/support/themeVariables.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

describe('a menu', () => {
  let browser: Browser;
  let [script, style] = ['', ''];
  beforeAll(async () => {
    browser = await launchBrowser({ width: 420, height: 300 });
    const { outputFiles } = await build({
      entryPoints: ['menus.ts', 'menus.css'].map((name) => path.join(import.meta.dirname, 'page', name)),
      ...{ bundle: true, write: false, outdir: 'out', format: 'iife', target: 'chrome120', logLevel: 'warning' },
    });
    const textOf = (ending: string) => outputFiles.find((file) => file.path.endsWith(ending))!.text;
    [script, style] = [textOf('.js').replaceAll('</script', '<\\/script'), textOf('.css')];
  });
  afterAll(() => browser?.close());
  const open = async (theme: Theme) => {
    const { bodyClass, variables } = themeVariables(theme);
    const values = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value}`);
    await browser.page.setContent(`<!DOCTYPE html><html lang="en" style="${values.join('; ')}">
<head><style>${style}</style></head><body class="${bodyClass}"><script>${script}</script></body></html>`);
  };
  beforeEach(() => open('dark'));
  const focused = () =>
    browser.page.evaluate('document.activeElement.dataset.text ?? document.activeElement.localName');
  const press = async (...keys: string[]) => {
    for (const key of keys) await browser.page.keyboard.press(key);
    return focused();
  };

  it('opens, moves and closes by keys, and gives the focus back', async () => {
    const { page } = browser;
    await page.locator('vscode-button').focus();
    expect(await press('ArrowDown')).toBe('Save');
    expect(await page.locator('vscode-button').getAttribute('aria-expanded')).toBe('true');
    expect(await press('ArrowDown', 'ArrowDown')).toBe('words');
    expect(await press('s')).toBe('small');
    expect(await press('End', 'ArrowDown')).toBe('Save');
    expect(await press('Escape')).toBe('vscode-button');
    expect(await page.locator('.menu').isVisible()).toBe(false);
    expect(await press('ArrowUp')).toBe('large');
    expect(await press('Home', 'Enter')).toBe('vscode-button');
    expect(await page.evaluate('menus.pressed')).toEqual(['save']);
    await press('Enter', 'Tab');
    expect(await page.locator('.menu').isVisible()).toBe(false);
  });

  it('leaves checkboxes and radios open, and disabled rows undone', async () => {
    const { page } = browser;
    await page.locator('vscode-button').click();
    const row = (name: string) => page.locator(`.menu-row[data-text=${name}]`);
    await row('labels').click();
    expect(await row('labels').getAttribute('aria-checked')).toBe('true');
    expect(await focused()).toBe('labels');
    await press(' ');
    await row('large').click();
    expect(await row('small').getAttribute('aria-checked')).toBe('false');
    await row('Send').dispatchEvent('click');
    expect(await page.evaluate('[menus.shown.labels, menus.size(), menus.pressed.length]')).toEqual([
      false,
      'large',
      0,
    ]);
    expect(await row('Save').getAttribute('role')).toBe('menuitem');
    await page.getByText('Elsewhere').click();
    expect(await page.locator('.menu').isVisible()).toBe(false);
  });

  it.each(themes)('looks like the %s theme', async (theme) => {
    await open(theme);
    await browser.page.locator('vscode-button').focus();
    await press('ArrowDown', 'ArrowDown', 'ArrowDown');
    await takeScreenshot(browser.page, `menu-${theme}`);
  });
});
