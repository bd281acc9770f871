import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser } from '../env/browser.ts';
import { Stack } from '../env/stack.ts';

const BOB = '+9996627602';

describe.skipIf(CHROMIUM === null)('pages in a real browser (skipped where there is no Chromium)', () => {
  let stack: Stack;
  let browser: Browser;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    stack = await Stack.start({ ADMIN_USER: 'admin', ADMIN_PASSWORD: 'a password' });
    alice = await stack.signIn('alice', '+9996627601');
    bob = await stack.signIn('bob', BOB);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  /** A page that keeps account of what goes wrong in it. */
  async function open(path: string): Promise<{ page: Page; pageErrors: string[] }> {
    const context = await browser.newContext({
      httpCredentials: { username: 'admin', password: 'a password' },
      viewport: { width: 1_280, height: 800 },
    });
    const page = await context.newPage();
    const pageErrors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') pageErrors.push(message.text());
    });
    page.on('pageerror', (error) => pageErrors.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(stack.api.url) && !request.url().startsWith('data:'))
        pageErrors.push(request.url());
    });
    await page.goto(stack.api.url + path);
    return { page, pageErrors };
  }

  async function screenshot(page: Page, name: string): Promise<void> {
    const directory = process.env['SCREENSHOTS'];
    if (directory !== undefined) await page.screenshot({ path: `${directory}/${name}.png` });
  }

  test('the dashboard shows a failed message, hides its text, and retries it', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'USER_IS_BLOCKED' });
    const { job_id } = (await stack.api.send('alice', BOB, 'seen at last')).body;
    const { page, pageErrors } = await open('/admin/queues/account/alice');
    await page.getByText(job_id).first().waitFor();
    await page.getByText('USER_IS_BLOCKED').first().waitFor();
    expect(await page.content()).not.toContain('seen at last');
    await screenshot(page, 'board-account');
    // The first of a job's buttons; it has no name of its own.
    await page.locator(`xpath=//*[contains(text(),"${job_id}")]/following::button[1]`).click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await expect
      .poll(async () => (await stack.control.messages({ from: alice, to: bob })).map(({ text }) => text))
      .toEqual(['seen at last']);
    await page.goto(`${stack.api.url}/admin/queues`);
    await page.getByText('webhooks').first().waitFor();
    await page.getByText('Loading').waitFor({ state: 'hidden' });
    await screenshot(page, 'board');
    expect(pageErrors).toEqual([]);
  });

  test('/docs shows every operation, with nothing from elsewhere', async () => {
    const { page, pageErrors } = await open('/docs');
    for (const path of ['/telegram/user/send', '/message_stream', '/webhooks/deliveries', '/metrics'])
      await page.getByText(path, { exact: true }).first().waitFor({ timeout: 60_000 });
    await page.getByText('/telegram/user/send', { exact: true }).first().click({ timeout: 60_000 });
    await page.getByText('Idempotency-Key').first().waitFor({ timeout: 60_000 });
    await page.getByText('RECIPIENT_REFUSED').first().waitFor();
    await screenshot(page, 'docs');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('html.dark-mode').waitFor();
    await page.setViewportSize({ width: 390, height: 800 });
    await screenshot(page, 'docs-dark-390');
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
    await expect.poll(overflow).toBeLessThanOrEqual(0);
    expect(pageErrors).toEqual([]);
    // The page draws all operations before it shows one.
  }, 180_000);
});
