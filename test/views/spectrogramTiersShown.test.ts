import { describe, expect, it } from 'vitest';
import { annotate, tierOf, words } from '../ui/support/annotatedPage.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { durationSec, sentence, useTiersPage } from '../ui/support/tiersPage.ts';

describe('rows of words and labels', () => {
  const { browser, open, spoken, px, row, item, view } = useTiersPage();

  it('is a table, too, and tells what is wrong with its files', async () => {
    const recording = spoken();
    const problem = {
      code: 'textgrid-torn',
      severity: 'warning',
      message: 'chirp.TextGrid ends in the middle',
    } as const;
    const { annotations } = recording.answers;
    recording.answers.annotations = async () => ({ ...(await annotations!()), problems: [problem] });
    const { page } = browser;
    await page.setViewportSize({ width: 700, height: 450 });
    try {
      await open(recording, { state: { details: true, viewport: { startSec: 0.9, endSec: 1.9 } } });
      await page.locator('.problems', { hasText: 'ends in the middle' }).waitFor();
      const rows = page.locator('.tier-table tbody tr');
      const cells = () =>
        rows.evaluateAll((all) => all.map((one) => [...one.children].map((cell) => cell.textContent)));
      await expect.poll(cells).toHaveLength(7);
      const names = ['words', 'quick', 'brown', 'fox', 'jumps', 'labels', 'cough'];
      expect((await cells()).map(([name]) => name)).toEqual(names);
      await expect
        .poll(async () => (await cells())[6])
        .toEqual([...['cough', '0:01.000', '0:01.500'], expect.stringMatching(/^\d+\.\d dB$/)]);
      await takeScreenshot(page, 'tiers-zoomed-200');
    } finally {
      await page.setViewportSize({ width: 1400, height: 900 });
    }
  });

  it('highlights what a text editor points at, and brings it into sight', async () => {
    const recording = spoken();
    const { page } = browser;
    await open(recording, { state: { viewport: { startSec: 0, endSec: 0.5 } } });
    await view().annotationPointedAt('words', 7);
    await page.locator('.tier-item.pointed', { hasText: 'lazy' }).waitFor();
    expect(Number(await page.locator('.view').getAttribute('data-end-sec'))).toBeGreaterThan(2.9);
  });

  it('scrolls where there are many rows, and says when there are none', async () => {
    const tiers = Array.from({ length: 20 }, (_, i) => tierOf(`speaker_${i}`, 'labels', words(sentence)));
    const recording = annotate(durationSec, tiers);
    const { page } = browser;
    await open(recording, { state: { cursorSec: 1.5 } });
    const boxes = await page.locator('.tier').evaluateAll((rows) => rows.map((one) => one.getBoundingClientRect()));
    for (const [i, box] of boxes.slice(1).entries()) expect(box.top).toBeGreaterThanOrEqual(boxes[i]!.bottom);
    const [startSec, endSec] = ['data-start-sec', 'data-end-sec'];
    const view = async () => [
      await page.locator('.view').getAttribute(startSec!),
      await page.locator('.view').getAttribute(endSec!),
    ];
    const before = await view();
    await page.mouse.move(await px(2), await row(3));
    await page.mouse.wheel(0, 200);
    await expect.poll(() => page.locator('.track-scroller').evaluate((one) => one.scrollTop)).toBeGreaterThan(100);
    expect(await view()).toEqual(before);
    await takeScreenshot(page, 'tiers-rows');
    await recording.replace({ durationSec, tiers: [] });
    await page.getByText('No labels: select a stretch and press M.').waitFor();
    await page.getByRole('button', { name: 'What is looked for' }).click();
    await page.getByText('A transcript is looked for in manifests').waitFor();
    await page.keyboard.press('Escape');
    await recording.replace({ durationSec, tiers: [tiers[0]!] });
    await item('quick').waitFor();
    await page.mouse.move(await px(2), await row(0));
    await page.mouse.wheel(0, -200);
    await expect.poll(view).not.toEqual(before);
  });

  it('keeps hostile labels as text', async () => {
    const payloads = hostileTexts();
    const items = payloads.map((text, i) => ({ id: i + 1, startSec: i * 0.1, endSec: (i + 1) * 0.1, text }));
    const recording = annotate(durationSec, [tierOf('<b>t</b>\u202e', 'labels', items)]);
    const { page } = browser;
    await open(recording, { state: { details: true, playOnClick: false } });
    await page.evaluate('window.hacked = undefined');
    for (let i = 0; i < payloads.length; i += 7) {
      await page.locator(`.tier-item[data-item="${i + 1}"]`).dblclick();
      await page.locator('.name-input').waitFor();
      await page.keyboard.press('Enter');
    }
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('.tracks img, .tracks script, .details img, .details script, .tracks b').count()).toBe(0);
    // Writing nothing changes nothing, whatever an input does to a text.
    expect(recording.edits).toEqual([]);
    const longest = await page.evaluate(
      'Math.max(...[...document.querySelectorAll(".tier-text")].map((one) => one.textContent.length))',
    );
    expect(longest).toBeLessThan(1300);
    await takeScreenshot(page, 'tiers-hostile');
  });

  it('draws 20,000 items in a frame, at every zoom', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `w${i}`);
    const items = many.map((text, i) => ({
      ...{ id: i + 1, text },
      startSec: (i / 20_000) * durationSec,
      endSec: ((i + 1) / 20_000) * durationSec,
    }));
    const recording = annotate(durationSec, [tierOf('words', 'reference', items)]);
    const { page } = browser;
    await open(recording);
    await page.locator('.tier-bar').first().waitFor();
    expect(await page.locator('.tier-item').count()).toBeLessThan(5);
    await takeScreenshot(page, 'tiers-many');
    // The picture is painted in software here, which takes longer than anything that is looked at.
    await page.addStyleTag({ content: 'canvas { display: none !important; }' });
    const { boxes, medianMs, p95Ms } = (await page.evaluate(measureFrames)) as Record<string, number>;
    console.log(`20,000 items: ${boxes} boxes at most; frames of ${medianMs} ms, p95 ${p95Ms} ms`);
    expect(boxes).toBeGreaterThan(100);
    expect(boxes).toBeLessThan(500);
    expect(medianMs).toBeLessThan(50);
  });

  it('fits a narrow panel, in Chinese', async () => {
    await browser.page.setViewportSize({ width: 400, height: 640 });
    try {
      const points = [0.5, 1.2, 2.5].map((startSec, i) => ({ id: i + 1, startSec, endSec: startSec, text: `点${i}` }));
      const recording = annotate(durationSec, [
        ...spoken().document.tiers,
        tierOf('a long name of points', 'labels', points, { kind: 'point' }),
      ]);
      await open(recording, { language: 'zh-cn' });
      await takeScreenshot(browser.page, 'tiers-narrow');
    } finally {
      await browser.page.setViewportSize({ width: 1400, height: 900 });
    }
  });
});

function hostileTexts(): string[] {
  const script = [
    '<img src=x onerror=hacked=1>',
    '<script>hacked=1</script>',
    '"><svg onload=hacked=1>',
    '{{hacked=1}}',
  ];
  const acting = ['\u202egnp.exe', '\u0000nul', 'a\u2028b', 'two\nlines\r\nmore', '\u001b[31mred', '\u2066isolate'];
  const long = ['x'.repeat(10_000), '\u0301'.repeat(500), '👩‍👩‍👧‍👦'.repeat(200), ' '.repeat(50), ''];
  const kinds = [...script, ...acting, ...long, 'javascript:hacked=1', "'; hacked=1; '", '&lt;b&gt;', '\ud800lone'];
  return Array.from({ length: 40 }, (_, i) => `${kinds[i % kinds.length]}${i < kinds.length ? '' : i}`);
}

/** Zooms from all to the closest with the wheel: how long the work of frames takes, and how many boxes there were. */
const measureFrames = `(async () => {
  const stage = document.querySelector('.stage');
  const box = stage.getBoundingClientRect();
  const event = (deltaY) => new WheelEvent('wheel', { deltaY, clientX: box.x + box.width / 2, clientY: box.y + 100, bubbles: true, cancelable: true });
  const all = [];
  let boxes = 0;
  for (const deltaY of [...Array(40).fill(-80), ...Array(40).fill(80)]) {
    stage.dispatchEvent(event(deltaY));
    await new Promise((resolve) => requestAnimationFrame(() => {
      const begin = performance.now();
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { all.push(performance.now() - begin); resolve(); };
      channel.port2.postMessage(0);
    }));
    boxes = Math.max(boxes, document.querySelectorAll('.tier-item').length);
  }
  all.sort((a, b) => a - b);
  return { p95Ms: Math.round(all[Math.floor(all.length * 0.95)]), medianMs: Math.round(all[all.length >> 1]), boxes };
})()`;
