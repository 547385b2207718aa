import { expect, test } from 'vitest';
import { renderPage } from './renderPage.ts';

const page = { script: 'view.js', style: 'view.css', title: 'View' };
const render = (more: object = {}, uriOf = (file: string) => `https://host/${file}`) =>
  renderPage({ ...page, ...more }, 'Tm9uY2U=', 'https://host', uriOf, 'en');

test('only the one script with the nonce runs, and nothing is fetched from elsewhere', () => {
  const html = render();
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!.split('; ');
  expect(policy).toEqual([
    "default-src 'none'",
    "script-src 'nonce-Tm9uY2U='",
    "style-src https://host 'unsafe-inline'",
    'font-src https://host',
    'img-src https://host data:',
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(html.match(/<script[^>]*>/g)).toEqual(['<script nonce="Tm9uY2U=" type="module" src="https://host/view.js">']);
  expect(html).not.toMatch(/\son\w+=|javascript:/);
});

test('WebAssembly is allowed only where it is asked for', () => {
  expect(render({ wasm: true })).toContain("script-src 'nonce-Tm9uY2U=' 'wasm-unsafe-eval'");
  expect(render()).not.toContain('wasm');
});

test('no value can leave its attribute', () => {
  const html = render({ title: '"><img src=x onerror=alert(1)>' }, () => 'https://host/"><script>');
  expect(html).not.toContain('<img');
  expect(html.match(/<script/g)).toHaveLength(1);
});
