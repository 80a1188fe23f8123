// The page in a real browser: every part is to be seen, on a phone and in the dark too, and hostile names are text.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { partIds, renderReport } from '../../src/report/page.js';
import { type Browser, launchBrowser, type Page } from './browser.js';
import { deliveredStory, hostile } from './delivered-story.js';

const program = process.env['HEADGATE_CHROMIUM'] ?? '/usr/bin/chromium';
const hasBrowser = answers(program);
if (!hasBrowser) process.stdout.write(`report/browser.it.test.ts skipped: ${program} does not answer\n`);

let folder: string;
let browser: Browser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-report-'));
  if (!hasBrowser) return;
  browser = await launchBrowser(program);
}, 60_000);
afterAll(async () => {
  if (hasBrowser) await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  /** Addresses that the page asked for, besides itself. */
  readonly asked: readonly string[];
  readonly dialogs: readonly string[];
}

async function open(
  name: string,
  { width, colorScheme = 'light' }: { readonly width: number; readonly colorScheme?: 'light' | 'dark' },
): Promise<Opened> {
  const file = join(folder, 'report.html');
  writeFileSync(file, renderReport(deliveredStory(name), '2026-11-21 08:40 UTC'));
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const asked: string[] = [];
  const dialogs: string[] = [];
  const address = pathToFileURL(file).href;
  page.on('request', (request) => {
    if (request.url() !== address) asked.push(request.url());
  });
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    dialog.dismiss().catch(() => undefined);
  });
  await page.goto(address);
  return { page, asked, dialogs };
}

(hasBrowser ? describe : describe.skip)('the report in a browser', () => {
  it.each([
    ['a desk, light', { width: 1280, colorScheme: 'light' }],
    ['a desk, dark', { width: 1280, colorScheme: 'dark' }],
    ['a phone, light', { width: 360, colorScheme: 'light' }],
    ['a phone, dark', { width: 360, colorScheme: 'dark' }],
  ] as const)('shows every part on %s, and nothing is wider than the page', async (_, look) => {
    const { page, asked } = await open('first-release', look);

    for (const id of partIds) expect([id, await page.locator(`#${id} h2`).isVisible()]).toEqual([id, true]);
    for (const what of [
      '.chain li',
      '.bars .bar',
      '.swatch',
      '.size .pulled',
      '#approvals td',
      '.figures dd',
    ]) {
      const box = await page.locator(what).first().boundingBox();
      expect([what, (box?.width ?? 0) >= 3 && (box?.height ?? 0) >= 3]).toEqual([what, true]);
    }
    expect((await page.locator('.shares').boundingBox())?.width).toBeGreaterThan(200);
    expect(
      await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
    ).toBeLessThanOrEqual(0);
    expect(asked).toEqual([]);
    await page.close();
  });

  it('has another ground in the dark, and its text stands out from it', async () => {
    const grounds = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open('first-release', { width: 800, colorScheme });
      const colours = await page.evaluate<[string, string]>(
        '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]',
      );
      expect(contrast(colours)).toBeGreaterThan(7);
      grounds.push(colours[0]);
      await page.close();
    }
    expect(new Set(grounds).size).toBe(2);
  });

  it('shows hostile names as text', async () => {
    const { page, asked, dialogs } = await open(hostile, { width: 800 });

    expect(await page.locator('script, img').count()).toBe(0);
    expect(await page.locator('h1').textContent()).toBe(hostile.replace('\u202e', '\uFFFD'));
    expect(await page.title()).toContain('<script>');
    expect([asked, dialogs]).toEqual([[], []]);
    await page.close();
  });
});

function answers(file: string): boolean {
  try {
    execFileSync(file, ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

/** Contrast of two `rgb(…)` colours. Source: WCAG 2.2, "contrast ratio". */
function contrast([one, other]: readonly [string, string]): number {
  const [lighter = 1, darker = 1] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((text) => {
    const value = Number(text) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
