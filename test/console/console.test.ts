import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser } from '../env/browser.ts';
import { expectNoHorizontalScroll, openConsole, seriousFindings, screenshot } from '../env/console.ts';
import { Stack } from '../env/stack.ts';
import { accountsPageTests } from './accounts-page.ts';
import { attachmentTests } from './attachments.ts';
import { batchPageTests } from './batch-page.ts';
import { chatTests } from './chats.ts';
import { conversationTests } from './conversation.ts';
import { BOB } from './running-console.ts';
import { russianTests } from './russian.ts';
import { sendingTests } from './sending.ts';
import { signInTests } from './sign-in.ts';
import { webhookPageTests } from './webhook-pages.ts';

/** Links to it have `%2B` and `%40`. */
const LEAVING = '+79991234567@leaving';

/** The console in a browser with the real stack; nothing is simulated. */
describe.skipIf(CHROMIUM === null)('The console in a real browser (skipped if there is no Chromium)', () => {
  let stack: Stack;
  let browser: Browser;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    stack = await Stack.start({ WEBHOOK_ALLOW_PRIVATE: 'true' });
    browser = await openBrowser();
    alice = await stack.signIn('alice', '+9996628301');
    bob = await stack.signIn('bob', BOB);
    await stack.control.addContacts(alice, [bob]);
  });
  beforeEach(() => stack.control.clearFaults());
  afterAll(async () => {
    await browser?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  const open = (path = '', options = {}) => openConsole(browser, stack.api.url, path, options);
  const textsTo = async (id: number) => (await stack.control.messages({ to: id })).map(({ text }) => text);

  const running = { stack: () => stack, alice: () => alice, bob: () => bob, open };
  sendingTests(running);
  attachmentTests(running);
  chatTests(running);

  test('asks twice before it disconnects, and can be cancelled', async () => {
    await stack.signIn(LEAVING, '+9996628313');
    const { page, pageErrors } = await open(`/accounts/${encodeURIComponent(LEAVING)}`);
    await page.getByRole('button', { name: 'Disconnect…' }).click();
    const dialog = page.getByRole('dialog', { name: `Disconnect ${LEAVING}?` });
    await dialog.waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect((await stack.api.status(LEAVING)).body.state).toBe('ready');
    await page.getByRole('button', { name: 'Disconnect…' }).click();
    await dialog.getByRole('button', { name: 'Continue…' }).click();
    await dialog.getByText('This cannot be undone.').waitFor();
    await dialog.getByRole('button', { name: `Log out ${LEAVING}` }).click();
    await page.getByRole('heading', { name: 'Accounts' }).waitFor();
    await page.getByRole('link', { name: LEAVING }).waitFor({ state: 'hidden' });
    expect((await stack.api.status(LEAVING)).body.state).toBe('none');
    expect(pageErrors).toEqual([]);
  });

  test('works with the keyboard alone: from the list to a sign-in to a message that has arrived', async () => {
    const { page, pageErrors } = await open();
    await page.getByRole('heading', { name: 'Accounts' }).waitFor();
    /** Presses Tab until the focused element has this name. */
    const tabTo = async (name: string) => {
      for (let tabs = 0; tabs < 60; tabs += 1) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate<string>(
          "(() => { const e = document.activeElement; return e?.labels?.[0]?.textContent ?? e?.getAttribute('aria-label') ?? e?.textContent ?? ''; })()",
        );
        if (focused === name) return;
      }
      throw new Error(`Tab leads nowhere named ${name}`);
    };
    await tabTo('Add an account');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Sign in an account' }).waitFor();
    await page.keyboard.type('erin');
    await tabTo('Phone number');
    await page.keyboard.type('+99966 2 8314');
    await page.keyboard.press('Enter');
    await page.getByText('in your Telegram app').waitFor();
    await page.keyboard.type('22222');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'erin' }).waitFor();
    await tabTo('To');
    await page.keyboard.type('me');
    await tabTo('Message');
    await page.keyboard.type('no mouse');
    await page.keyboard.press('Control+Enter');
    await page.locator('.send', { hasText: 'no mouse' }).getByText('Sent').waitFor();
    expect(pageErrors).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    'fits the list, %s, on a desktop and on a phone without serious findings by axe',
    async (colorScheme) => {
      await stack.api.post('/telegram/user/pause', { user_id: 'bob' });
      const { page, pageErrors } = await open('', { colorScheme });
      await page.getByRole('link', { name: 'alice' }).waitFor();
      await screenshot(page, `accounts-${colorScheme}`);
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Needs a person' }).click();
      await page.getByRole('link', { name: 'alice' }).waitFor({ state: 'hidden' });
      await page.getByText('Paused').waitFor();
      await page.setViewportSize({ width: 360, height: 740 });
      await expectNoHorizontalScroll(page);
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('link', { name: 'bob' }).click();
      await page.getByRole('heading', { name: 'Send a message' }).waitFor();
      await expectNoHorizontalScroll(page);
      await screenshot(page, `phone-${colorScheme}`);
      expect(await seriousFindings(page)).toEqual([]);
      await stack.api.post('/telegram/user/resume', { user_id: 'bob' });
      expect(pageErrors).toEqual([]);
    },
  );

  test('reconnects by itself after an outage', async () => {
    const { page, pageErrors } = await open('/accounts/alice');
    await page.getByLabel('Message', { exact: true }).waitFor();
    const russian = await open('', { locale: 'ru-RU' });
    const outdated = page.getByText('The data below may be out of date.');
    const isAway = page.getByText('The queue (Redis) does not answer.');
    stack.redis.signal('SIGSTOP');
    try {
      await isAway.waitFor();
      await russian.page.getByText('Очередь (Redis) не отвечает.').waitFor();
      await outdated.waitFor({ timeout: 30_000 });
      await screenshot(page, 'outage');
    } finally {
      stack.redis.signal('SIGCONT');
    }
    await outdated.waitFor({ state: 'hidden', timeout: 30_000 });
    await isAway.waitFor({ state: 'hidden' });
    await stack.api.send('alice', BOB, 'after the outage');
    await page.locator('.send', { hasText: 'after the outage' }).getByText('Sent').waitFor();
    await stack.worker.end();
    await page.getByText('No worker is running. Messages are accepted, and wait.').waitFor();
    await russian.page.getByText('Ни один воркер не запущен.').waitFor();
    await stack.startWorker();
    await page.getByText('No worker is running.').waitFor({ state: 'hidden' });
    expect([...pageErrors, ...russian.pageErrors]).toEqual([]);
  }, 90_000);

  test('never interprets a name or a message as markup', async () => {
    const evil =
      '<img src=x onerror="document.title=\'taken over\'"><script>document.title="taken over"</script>';
    await stack.control.createAccount({ phone: '+9996628315', first_name: evil.slice(0, 60) });
    await stack.signIn('mallory', '+9996628315');
    await stack.api.send('mallory', 'me', evil);
    const { page, pageErrors } = await open('/accounts/mallory');
    await page.locator('.send', { hasText: evil }).waitFor();
    await page.locator('.arrived', { hasText: evil }).waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.title()).toContain('mallory');
    await page.goto(`${stack.api.url}/console`);
    await page.getByRole('link', { name: 'mallory' }).waitFor();
    expect(pageErrors).toEqual([]);
  });

  test('tries `/message_stream`: the reply streams and is sent', async () => {
    const { page, pageErrors } = await open('/assistant');
    await page.getByLabel('From account').fill('alice');
    await page.getByLabel('To', { exact: true }).fill(BOB);
    await page.getByLabel('The reply, as the assistant wrote it').fill('A reply of **the assistant**.');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('.badge', { hasText: 'Sent' }).waitFor();
    expect(await textsTo(bob)).toContain('A reply of the assistant.');
    expect(pageErrors).toEqual([]);
  });

  signInTests(running);
  webhookPageTests(running);
  conversationTests(running);
  accountsPageTests(running);
  batchPageTests(running);
  russianTests(running);
});
