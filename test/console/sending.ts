import { expect, test } from 'vitest';
import { expectNoHorizontalScroll, seriousFindings, screenshot } from '../env/console.ts';
import { BOB, type RunningConsole } from './running-console.ts';

/** Sending from the console, and the list of the messages that were sent. */
export function sendingTests({ stack, alice, bob, open }: RunningConsole): void {
  const textsTo = async (id: number) => (await stack().control.messages({ to: id })).map(({ text }) => text);

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
    expect(await textsTo(bob())).toContain('Hello, this is the console: it works');
    await page.locator('.arrived b', { hasText: 'Hello' }).waitFor();
    await message.fill('long '.repeat(1_700));
    await page.getByText('Sent as 3 messages').waitFor();
    expect(pageErrors).toEqual([]);
  });

  test('counts down a flood wait, and sends the message when it is over', async () => {
    const { page, pageErrors } = await open('/accounts/alice');
    await stack().control.fault({ user_id: alice(), method: 'messages.sendMessage', error: 'FLOOD_WAIT_5' });
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
    expect(await textsTo(bob())).toContain('after the wait');
    expect(pageErrors).toEqual([]);
  });

  test('shows why a message failed and retries it; cancels a waiting message; pauses and resumes', async () => {
    const { page, pageErrors } = await open('/accounts/alice');
    await stack().control.fault({
      user_id: alice(),
      method: 'messages.sendMessage',
      error: 'USER_IS_BLOCKED',
    });
    await stack().api.send('alice', BOB, 'refused at first');
    const refused = page.locator('.send', { hasText: 'refused at first' });
    await refused.getByText('USER_IS_BLOCKED').waitFor();
    await refused.getByRole('button', { name: 'Try again' }).click();
    await refused.getByText('Sent').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused').waitFor();
    await stack().api.send('alice', BOB, 'never to go out', { Prefer: 'respond-async' });
    const waiting = page.locator('.send', { hasText: 'never to go out' });
    await waiting.getByText('paused by a person').waitFor();
    await waiting.getByRole('button', { name: 'Cancel' }).click();
    await waiting.getByText('Cancelled').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Ready').waitFor();
    expect(await textsTo(bob())).not.toContain('never to go out');
    expect(pageErrors).toEqual([]);
  });

  test('edits a message that was sent, and lists the edit', async () => {
    const { page, pageErrors } = await open('/accounts/alice', {
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    await stack().api.send('alice', BOB, 'with a mistkae');
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
    await expect.poll(() => textsTo(bob())).toContain('without a mistake');
    expect(pageErrors).toEqual([]);
  });

  test('sends one message if the queue may not have accepted it, however often Send is pressed', async () => {
    const text = 'once only';
    const { page, pageErrors } = await open('/accounts/alice');
    const keys = new Set<string | undefined>();
    page.on('request', (request) => {
      if (request.url().endsWith('/telegram/user/send')) keys.add(request.headers()['idempotency-key']);
    });
    const message = page.getByLabel('Message', { exact: true });
    const sendButton = page.getByRole('button', { name: 'Send', exact: true });
    const sent = async () => (await textsTo(bob())).filter((each) => each === text);
    await page.getByLabel('To', { exact: true }).fill(BOB);
    await message.fill(text);
    stack().redis.signal('SIGSTOP');
    await sendButton.dblclick({ noWaitAfter: true });
    await page.locator('.composer code', { hasText: 'QUEUE_UNAVAILABLE' }).waitFor({ timeout: 20_000 });
    stack().redis.signal('SIGCONT');
    await expect.poll(async () => (await stack().api.get('/readyz')).status, { timeout: 20_000 }).toBe(200);
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
}
