import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { expectNoHorizontalScroll, seriousFindings, screenshot } from '../env/console.ts';
import type { RunningConsole } from './running-console.ts';

/** Defines the test of reading chats. */
export function chatTests({ stack, alice, bob, open }: RunningConsole): void {
  test('reads chats: shows pictures, downloads files, and edits, reacts to and deletes messages', async () => {
    const from = { from: bob(), to: alice() };
    await stack().control.write({ ...from, text: 'a picture', media: { type: 'photo', size: 3_000 } });
    const notes = { type: 'document', size: 2_500_000, file_name: 'notes.html', mime_type: 'text/html' };
    await stack().control.write({ ...from, text: 'some notes', media: notes });
    await stack().api.send('alice', 'me', 'a note');
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
    const seen = async () => stack().control.messages({ from: bob(), to: alice() });
    await expect.poll(async () => (await seen()).at(-1)?.reactions).toEqual([{ by: alice(), emoji: ['👍'] }]);
    await screenshot(page, 'conversation-light');
    expect(await seriousFindings(page)).toEqual([]);
    await message('changed here').getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete this message?' });
    await dialog.getByRole('button', { name: 'Continue…' }).click();
    await dialog.getByRole('button', { name: 'Delete it' }).click();
    await message('changed here').waitFor({ state: 'hidden' });
    // An account that receives shows news at once. Without it, the next reading is a minute away.
    await stack().api.post('/telegram/user/receive', { user_id: 'alice', enabled: true });
    await page.reload();
    await message('some notes').waitFor();
    await stack().control.write({ ...from, text: 'live from Bob' });
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
    await page.getByRole('button', { name: /^Saved Messages .*You: / }).click();
    await page.getByRole('heading', { name: 'Saved Messages' }).waitFor();
    expect(pageErrors).toEqual([]);
  }, 90_000);
}
