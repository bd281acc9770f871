import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

/** A console page that records its faults. */
export interface ConsolePage {
  page: Page;
  /** Errors of its script, violations of its content security policy, and requests to other hosts. Must stay empty. */
  pageErrors: string[];
}

/** ms that anything on a page may take. */
const PATIENCE = 15_000;

/** Opens a page of its own for the running test, and closes it when the test ends. */
export async function openConsole(
  browser: Browser,
  url: string,
  path = '',
  options: BrowserContextOptions = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const pageErrors: string[] = [];
  page.on('console', (message) => {
    // The browser itself reports this for every answer that is not 2xx.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      pageErrors.push(message.text());
  });
  page.on('pageerror', (error) => pageErrors.push(String(error)));
  page.on('request', (request) => {
    const isOwn = [url, 'data:', `blob:${url}`].some((start) => request.url().startsWith(start));
    if (!isOwn) pageErrors.push(request.url());
  });
  await page.goto(`${url}/console${path}`);
  return { page, pageErrors };
}

interface AxeResults {
  violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
}

/** Findings of axe that are serious or critical on the current page. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })");
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}

/** Saves a screenshot of the page if SCREENSHOTS names a folder. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const directory = process.env['SCREENSHOTS'];
  if (directory !== undefined) await page.screenshot({ path: `${directory}/${name}.png` });
}

/** Checks that nothing is wider than the window. */
export async function expectNoHorizontalScroll(page: Page): Promise<void> {
  const [content, window] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, innerWidth]',
  );
  expect(content).toBeLessThanOrEqual(window);
}
