import { stat } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser } from '../env/browser.ts';
import { expectNoHorizontalScroll, openConsole, seriousFindings, screenshot } from '../env/console.ts';
import { PNG } from '../env/png.ts';
import { Stack } from '../env/stack.ts';
import { accountsPageTests } from './accounts-page.ts';
import { batchPageTests } from './batch-page.ts';
import { conversationTests } from './conversation.ts';
import { russianTests } from './russian.ts';
import { signInTests } from './sign-in.ts';
import { webhookPageTests } from './webhook-pages.ts';

const BOB = '+9996628302';

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

  test('sends formatted text: the preview equals the message that arrives, and the list shows it live', async () => {
    const { page, pageErrors } = await open('/accounts/alice');
    await page.getByLabel('To', { exact: true }).fill(BOB);
    await page.getByLabel('Markup of the text').selectOption('markdown');
    const message = page.getByLabel('Message', { exact: true });
    await message.fill('**not closed');
    await message.fill('**Hello**, this is the _console_: `it works`');
    await page.locator('.preview b', { hasText: 'Hello' }).waitFor();
    await screenshot(page, 'account');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const sent = page.locator('.send', { hasText: 'Hello, this is the console' });
    await sent.getByText('Sent').waitFor();
    expect(await textsTo(bob)).toContain('Hello, this is the console: it works');
    await page.locator('.arrived b', { hasText: 'Hello' }).waitFor();
    await message.fill('long '.repeat(1_700));
    await page.getByText('Sent as 3 messages').waitFor();
    expect(pageErrors).toEqual([]);
  });

  test('counts down a flood wait, and sends the message when it is over', async () => {
    const { page, pageErrors } = await open('/accounts/alice');
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'FLOOD_WAIT_5' });
    await page.getByLabel('To', { exact: true }).fill(BOB);
    await page.getByLabel('Message', { exact: true }).fill('after the wait');
    await page.keyboard.press('Control+Enter');
    const timer = page.locator('.standing').getByRole('timer');
    await timer.waitFor();
    await page.getByText('Flood wait').first().waitFor();
    await screenshot(page, 'flood-wait');
    const seconds = async () => Number((await timer.textContent())?.split(':')[1]);
    const first = await seconds();
    await expect.poll(seconds, { timeout: 10_000, interval: 300 }).toBeLessThan(first);
    await page.locator('.send', { hasText: 'after the wait' }).getByText('Sent').waitFor();
    await timer.waitFor({ state: 'hidden' });
    expect(await textsTo(bob)).toContain('after the wait');
    expect(pageErrors).toEqual([]);
  });

  test('shows why a message failed and retries it; cancels a waiting message; pauses and resumes', async () => {
    const { page, pageErrors } = await open('/accounts/alice');
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'USER_IS_BLOCKED' });
    await stack.api.send('alice', BOB, 'refused at first');
    const refused = page.locator('.send', { hasText: 'refused at first' });
    await refused.getByText('USER_IS_BLOCKED').waitFor();
    await refused.getByRole('button', { name: 'Try again' }).click();
    await refused.getByText('Sent').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused').waitFor();
    await stack.api.send('alice', BOB, 'never to go out', { Prefer: 'respond-async' });
    const waiting = page.locator('.send', { hasText: 'never to go out' });
    await waiting.getByText('paused by a person').waitFor();
    await waiting.getByRole('button', { name: 'Cancel' }).click();
    await waiting.getByText('Cancelled').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Ready').waitFor();
    expect(await textsTo(bob)).not.toContain('never to go out');
    expect(pageErrors).toEqual([]);
  });

  test('edits a message that was sent, and lists the edit', async () => {
    const { page, pageErrors } = await open('/accounts/alice', {
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    await stack.api.send('alice', BOB, 'with a mistkae');
    const sent = page.locator('.send', { hasText: 'with a mistkae' });
    await sent.getByText('Sent').waitFor();
    await sent.getByRole('button', { name: 'Edit' }).click();
    const form = page.getByRole('form', { name: /^Edit message/ });
    await form.getByLabel('New text').fill('without a mistake');
    await screenshot(page, 'edit-message');
    await expectNoHorizontalScroll(page);
    expect(await seriousFindings(page)).toEqual([]);
    await form.getByRole('button', { name: 'Save' }).click();
    const edit = page.locator('.send', { hasText: 'without a mistake' });
    await edit.getByText('edit in').waitFor();
    await edit.getByText('Done').waitFor();
    await screenshot(page, 'edited-message');
    await expect.poll(() => textsTo(bob)).toContain('without a mistake');
    expect(pageErrors).toEqual([]);
  });

  /** Drops or pastes a file on the form in which messages are written. */
  const give = (page: Page, event: 'drop' | 'paste', name: string, type: string) =>
    page.evaluate(
      ([kind, fileName, mimeType]) => {
        const data = new DataTransfer();
        data.items.add(new File(['some text'], fileName ?? '', { type: mimeType ?? '' }));
        const init = { bubbles: true, cancelable: true };
        const given =
          kind === 'drop'
            ? new DragEvent('drop', { ...init, dataTransfer: data })
            : new ClipboardEvent('paste', { ...init, clipboardData: data });
        document.querySelector('.composer textarea')?.dispatchEvent(given);
      },
      [event, name, type],
    );

  test('attaches files by button, drop and paste, shows them as they will look, and sends them', async () => {
    const { page, pageErrors } = await open('/accounts/alice');
    await page.getByLabel('To', { exact: true }).fill(BOB);
    const files = page.getByRole('list', { name: 'Attached files' }).getByRole('listitem');
    await give(page, 'drop', 'dropped.txt', 'text/plain');
    await give(page, 'paste', 'pasted.mp4', 'video/mp4');
    await expect.poll(() => files.count()).toBe(2);
    await page.locator('.preview video').waitFor();
    for (const name of ['dropped.txt', 'pasted.mp4'])
      await page.getByRole('button', { name: `Remove ${name}` }).click();
    await page.getByLabel('Files to attach').setInputFiles({
      name: 'cat.png',
      mimeType: 'image/png',
      buffer: PNG,
    });
    const picture = page.locator('.preview img[alt="cat.png"]');
    await picture.waitFor();
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(40);
    await page.getByLabel('Message', { exact: true }).fill('a caption');
    await page.locator('.preview').getByText('a caption').waitFor();
    await page.getByRole('progressbar').waitFor({ state: 'hidden' });
    await screenshot(page, 'attachment');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('.send', { hasText: 'a caption' }).getByText('Sent').waitFor();
    expect((await stack.control.messages({ to: bob })).at(-1)).toMatchObject({
      text: 'a caption',
      media: { type: 'photo', size: PNG.length },
    });
    expect(await files.count()).toBe(0);
    // A file needs no text.
    await give(page, 'drop', 'alone.txt', 'text/plain');
    await page.getByRole('progressbar').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect
      .poll(async () => (await stack.control.messages({ to: bob })).at(-1)?.media?.file_name)
      .toBe('alone.txt');
    expect(pageErrors).toEqual([]);
  });

  test('sends locations, contacts and polls', async () => {
    const { page, pageErrors } = await open('/accounts/alice', { viewport: { width: 390, height: 844 } });
    const kind = page.getByLabel('What to send');
    const send = page.getByRole('button', { name: 'Send', exact: true });
    const last = async (to: number) => (await stack.control.messages({ from: alice, to })).at(-1)?.media;
    await page.getByLabel('To', { exact: true }).fill(BOB);
    await kind.selectOption('Location');
    await page.getByLabel('Latitude').fill('52.5163');
    await page.getByLabel('Longitude').fill('-13.3777');
    await send.click();
    await expect
      .poll(() => last(bob))
      .toMatchObject({ type: 'location', latitude: 52.5163, longitude: -13.3777 });
    await kind.selectOption('Contact');
    await page.getByLabel('Phone number').fill('+9996621000');
    await page.getByLabel('First name').fill('Carol');
    await screenshot(page, 'send-contact');
    await expectNoHorizontalScroll(page);
    expect(await seriousFindings(page)).toEqual([]);
    await send.click();
    await expect.poll(() => last(bob)).toMatchObject({ type: 'contact', first_name: 'Carol' });
    await page.getByLabel('To', { exact: true }).fill('me');
    await kind.selectOption('Poll');
    await page.getByLabel('Question').fill('Tea or coffee?');
    await page.getByLabel('Options, one a line').fill('Tea');
    expect(await send.isDisabled()).toBe(true);
    await page.getByLabel('Options, one a line').fill('Tea\nCoffee\n');
    await page.getByLabel('Right answer').selectOption('Coffee');
    await page.getByLabel('Colours').selectOption('dark');
    await screenshot(page, 'send-poll');
    await expectNoHorizontalScroll(page);
    expect(await seriousFindings(page)).toEqual([]);
    await send.click();
    await expect
      .poll(() => last(alice))
      .toMatchObject({
        type: 'poll',
        question: 'Tea or coffee?',
        options: ['Tea', 'Coffee'],
        correct_option: 1,
      });
    expect(pageErrors).toEqual([]);
  });

  test('replaces the file of a message', async () => {
    const { page, pageErrors } = await open('/accounts/alice');
    await page.getByLabel('To', { exact: true }).fill(BOB);
    await give(page, 'drop', 'first.txt', 'text/plain');
    await page.getByRole('progressbar').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const file = async () => (await stack.control.messages({ from: alice, to: bob })).at(-1);
    await expect.poll(async () => (await file())?.media?.file_name).toBe('first.txt');
    const sent = page.locator('.send').first();
    await sent.getByRole('button', { name: 'Edit' }).click();
    const form = page.getByRole('form', { name: /^Edit message/ });
    await form
      .getByLabel('Another file')
      .setInputFiles({ name: 'second.txt', mimeType: 'text/plain', buffer: Buffer.from('other') });
    await form.getByLabel('New text').fill('a caption');
    await screenshot(page, 'replace-file');
    expect(await seriousFindings(page)).toEqual([]);
    await form.getByRole('button', { name: 'Save' }).click();
    await expect.poll(file).toMatchObject({ text: 'a caption', media: { file_name: 'second.txt', size: 5 } });
    expect(pageErrors).toEqual([]);
  });

  test('reads chats: shows pictures, downloads files, and edits, reacts to and deletes messages', async () => {
    const from = { from: bob, to: alice };
    await stack.control.write({ ...from, text: 'a picture', media: { type: 'photo', size: 3_000 } });
    const notes = { type: 'document', size: 2_500_000, file_name: 'notes.html', mime_type: 'text/html' };
    await stack.control.write({ ...from, text: 'some notes', media: notes });
    const { page, pageErrors } = await open('/accounts/alice');
    await page.getByRole('link', { name: 'Chats' }).click();
    await page
      .getByRole('navigation', { name: 'Chats' })
      .getByRole('button', { name: /some notes/ })
      .click();
    const message = (text: string) => page.locator('.message', { hasText: text });
    await message('a picture').locator('img').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      message('some notes').getByRole('button', { name: 'Download notes.html' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('notes.html');
    expect((await stat(await download.path())).size).toBe(2_500_000);
    await page.getByLabel('Message', { exact: true }).fill('written here');
    await page.keyboard.press('Control+Enter');
    await message('written here').getByRole('button', { name: 'Edit' }).click();
    const form = page.getByRole('form', { name: /^Edit message/ });
    await form.getByLabel('New text').fill('changed here');
    await form.getByRole('button', { name: 'Save' }).click();
    await message('changed here').waitFor();
    await message('some notes').getByRole('button', { name: 'React' }).click();
    await message('some notes').getByRole('button', { name: '👍' }).click();
    const seen = async () => stack.control.messages({ from: bob, to: alice });
    await expect.poll(async () => (await seen()).at(-1)?.reactions).toEqual([{ by: alice, emoji: ['👍'] }]);
    await screenshot(page, 'conversation-light');
    expect(await seriousFindings(page)).toEqual([]);
    await message('changed here').getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete this message?' });
    await dialog.getByRole('button', { name: 'Continue…' }).click();
    await dialog.getByRole('button', { name: 'Delete it' }).click();
    await message('changed here').waitFor({ state: 'hidden' });
    // An account that receives shows news at once. Without it, the next reading is a minute away.
    await stack.api.post('/telegram/user/receive', { user_id: 'alice', enabled: true });
    await page.reload();
    await message('some notes').waitFor();
    await stack.control.write({ ...from, text: 'live from Bob' });
    await message('live from Bob').waitFor();
    await page.getByLabel('Colours').selectOption('dark');
    await page.setViewportSize({ width: 390, height: 844 });
    await message('a picture').locator('img').waitFor();
    await expectNoHorizontalScroll(page);
    await screenshot(page, 'conversation-phone-dark');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'All chats' }).click();
    await page.getByRole('button', { name: /live from Bob/ }).waitFor();
    await screenshot(page, 'chats-phone-dark');
    await expectNoHorizontalScroll(page);
    expect(pageErrors).toEqual([]);
  }, 90_000);

  test('asks twice before it disconnects, and can be cancelled', async () => {
    await stack.signIn('leaving', '+9996628313');
    const { page, pageErrors } = await open('/accounts/leaving');
    await page.getByRole('button', { name: 'Disconnect…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Disconnect leaving?' });
    await dialog.waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect((await stack.api.status('leaving')).body.state).toBe('ready');
    await page.getByRole('button', { name: 'Disconnect…' }).click();
    await dialog.getByRole('button', { name: 'Continue…' }).click();
    await dialog.getByText('This cannot be undone.').waitFor();
    await dialog.getByRole('button', { name: 'Log out leaving' }).click();
    await page.getByRole('heading', { name: 'Accounts' }).waitFor();
    await page.getByRole('link', { name: 'leaving' }).waitFor({ state: 'hidden' });
    expect((await stack.api.status('leaving')).body.state).toBe('none');
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

  test('sends one message if the queue may not have accepted it, however often Send is pressed', async () => {
    const text = 'once only';
    const { page, pageErrors } = await open('/accounts/alice');
    const keys = new Set<string | undefined>();
    page.on('request', (request) => {
      if (request.url().endsWith('/telegram/user/send')) keys.add(request.headers()['idempotency-key']);
    });
    const message = page.getByLabel('Message', { exact: true });
    const sendButton = page.getByRole('button', { name: 'Send', exact: true });
    const sent = async () => (await textsTo(bob)).filter((each) => each === text);
    await page.getByLabel('To', { exact: true }).fill(BOB);
    await message.fill(text);
    stack.redis.signal('SIGSTOP');
    await sendButton.dblclick({ noWaitAfter: true });
    await page.locator('.composer code', { hasText: 'QUEUE_UNAVAILABLE' }).waitFor({ timeout: 20_000 });
    stack.redis.signal('SIGCONT');
    await expect.poll(async () => (await stack.api.get('/readyz')).status, { timeout: 20_000 }).toBe(200);
    await page.reload();
    await message.waitFor();
    expect(await message.inputValue()).toBe(text);
    await message.focus();
    for (let press = 0; press < 2; press += 1) await page.keyboard.press('Control+Enter');
    // It was sent: the form is empty.
    await expect.poll(() => message.inputValue()).toBe('');
    await expect.poll(sent).toEqual([text]);
    expect(keys.size).toBe(1);
    // The same text is a new message from now on.
    await message.fill(text);
    await sendButton.click();
    await expect.poll(sent).toEqual([text, text]);
    expect(pageErrors).toEqual([]);
  }, 60_000);

  test('reconnects by itself after an outage', async () => {
    const { page, pageErrors } = await open('/accounts/alice');
    await page.getByLabel('Message', { exact: true }).waitFor();
    const outdated = page.getByText('The data below may be out of date.');
    const isAway = page.getByText('The queue (Redis) does not answer.');
    stack.redis.signal('SIGSTOP');
    try {
      await isAway.waitFor();
      await outdated.waitFor({ timeout: 30_000 });
      await screenshot(page, 'outage');
    } finally {
      stack.redis.signal('SIGCONT');
    }
    await outdated.waitFor({ state: 'hidden', timeout: 30_000 });
    await isAway.waitFor({ state: 'hidden' });
    await stack.api.send('alice', BOB, 'after the outage');
    await page.locator('.send', { hasText: 'after the outage' }).getByText('Sent').waitFor();
    expect(pageErrors).toEqual([]);
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
    await page.getByLabel('From').selectOption('alice');
    await page.getByLabel('To', { exact: true }).fill(BOB);
    await page.getByLabel('The reply, as the assistant wrote it').fill('A reply of **the assistant**.');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('.badge', { hasText: 'Sent' }).waitFor();
    expect(await textsTo(bob)).toContain('A reply of the assistant.');
    expect(pageErrors).toEqual([]);
  });

  const running = { stack: () => stack, alice: () => alice, bob: () => bob, open };
  signInTests(running);
  webhookPageTests(running);
  conversationTests(running);
  accountsPageTests(running);
  batchPageTests(running);
  russianTests(running);
});
