import { expect, test } from 'vitest';
import { expectNoHorizontalScroll, seriousFindings, screenshot } from '../env/console.ts';
import type { RunningConsole } from './running-console.ts';

/** Defines the tests of an account's chats: what is unread, what arrives, and what becomes of its own messages. */
export function conversationTests({ stack, alice, bob, open }: RunningConsole): void {
  const write = (text: string) => stack().control.write({ from: bob(), to: alice(), text });

  test('shows what is unread, turns receiving on, shows what arrives, and marks it as read', async () => {
    const { api } = stack();
    await api.post('/telegram/user/receive', { user_id: 'alice', enabled: false });
    await api.post('/telegram/user/chat/read', { user_id: 'alice', recipient_id: String(bob()) });
    await write('one unread');
    await write('two unread');
    const { page, pageErrors } = await open('/accounts/alice');
    await page.getByRole('link', { name: 'Chats' }).click();
    await page.getByRole('heading', { name: '2 unread' }).waitFor();
    await expect.poll(() => page.title()).toMatch(/^\(2\) Chats of alice/);
    await page.getByRole('button', { name: 'Receive at once' }).click();
    await page.getByRole('button', { name: 'Receive at once' }).waitFor({ state: 'hidden' });
    await page
      .getByRole('navigation', { name: 'Chats' })
      .getByRole('button', { name: /two unread/ })
      .click();
    await page.locator('.message', { hasText: 'two unread' }).waitFor();
    await write('it arrives');
    await page.locator('.message', { hasText: 'it arrives' }).waitFor();
    await page.getByRole('heading', { name: '3 unread' }).waitFor();
    await screenshot(page, 'unread-light');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Mark as read' }).click();
    await page.getByText('3 unread').first().waitFor({ state: 'hidden' });
    const { body } = await api.get('/telegram/accounts/alice/chats');
    expect(body.chats.find(({ id }: { id: string }) => id === String(bob()))).toMatchObject({ unread: 0 });
    expect(pageErrors).toEqual([]);
  }, 90_000);

  test('shows what becomes of its own messages: waiting, failed, tried again, sent, read', async () => {
    const { api, control } = stack();
    await api.post('/telegram/user/receive', { user_id: 'alice', enabled: true });
    await api.post('/telegram/user/pause', { user_id: 'alice' });
    const { page, pageErrors } = await open(`/accounts/alice/chats/${bob()}`, { timezoneId: 'UTC' });
    const later = new Date(Date.now() + 86_400_000);
    const own = (text: string) => page.locator('.message.out', { hasText: text });
    const send = async (text: string) => {
      await page.getByLabel('Message', { exact: true }).fill(text);
      await page.keyboard.press('Control+Enter');
    };
    await send('held back');
    await own('held back').getByText('paused by a person').waitFor();
    await page.getByText('More', { exact: true }).click();
    await page.getByLabel('Not before').fill(later.toISOString().slice(0, 16));
    await send('much later');
    await own('much later').getByText('Scheduled', { exact: true }).waitFor();
    expect(await own('much later').locator('time').first().textContent()).toMatch(
      new RegExp(`${later.toUTCString().slice(0, 3)}.*UTC`),
    );
    await screenshot(page, 'own-sends-light');
    expect(await seriousFindings(page)).toEqual([]);
    await own('much later').getByRole('button', { name: 'Cancel' }).click();
    await own('much later').waitFor({ state: 'hidden' });
    await page.getByLabel('Not before').fill('');
    await control.fault({ user_id: alice(), method: 'messages.sendMessage', error: 'USER_IS_BLOCKED' });
    await api.post('/telegram/user/resume', { user_id: 'alice' });
    await own('held back').getByText('USER_IS_BLOCKED').waitFor();
    for (const [width, colours] of [
      [390, 'dark'],
      [320, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      await page.getByLabel('Colours').selectOption(colours);
      await screenshot(page, `own-sends-${width}`);
      await expectNoHorizontalScroll(page);
    }
    expect(await seriousFindings(page)).toEqual([]);
    await own('held back').getByRole('button', { name: 'Try again' }).click();
    await own('held back').getByText('Sent', { exact: false }).waitFor();
    await control.read({ by: bob(), of: alice() });
    await own('held back').locator('[data-fate=read]').waitFor();
    expect(pageErrors).toEqual([]);
  }, 90_000);
}
