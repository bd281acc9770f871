import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { expectNoHorizontalScroll, seriousFindings, screenshot } from '../env/console.ts';
import type { RunningConsole } from './running-console.ts';

const fileOf = (name: string, csv: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(csv) });

/** Defines the tests of the page that sends the messages of a file. */
export function batchPageTests({ stack, alice, bob, open }: RunningConsole): void {
  const sent = async () =>
    (await stack().control.messages({ from: alice(), to: bob() })).map(({ text }) => text);

  test('checks a file before anything is sent, then sends each of its messages once', async () => {
    const { api } = stack();
    const { page, pageErrors } = await open();
    await page.getByRole('link', { name: 'Send from a file' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download a template' }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toMatch(
      /^\uFEFFuser_id,recipient_id,text,send_at\r\n/,
    );
    const input = page.getByLabel('CSV file');
    await input.setInputFiles(fileOf('broken.csv', 'a,b\n1,"2'));
    await page.getByText('a quote is misplaced').waitFor();

    const rows = [
      'who;words',
      `${bob()};"first; of the file"`,
      `${bob()};second`,
      ';lost',
      '7,9E+10;rounded',
    ];
    await input.setInputFiles(fileOf('batch.csv', rows.join('\r\n')));
    await page.getByText('4 rows are left out').waitFor();
    await page.getByLabel('From account').selectOption('alice');
    await page.getByLabel('To', { exact: true }).selectOption('Column who');
    await page.getByLabel('Message', { exact: true }).selectOption('Column words');
    await page.getByText('2 messages from 1 account.').waitFor();
    await page.getByText('line 4: no recipient').waitFor();
    await page.getByText('line 5: a spreadsheet has rounded').waitFor();
    expect(await sent()).not.toContain('second');
    await screenshot(page, 'batch');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send 2 messages' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send 2 messages?' });
    await dialog.getByRole('button', { name: 'Continue…' }).click();
    // The gateway accepts the messages, and its answer is lost.
    await page.route('**/send/batch', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await dialog.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('The gateway does not answer.').first().waitFor();
    await page.unroute('**/send/batch');
    await page.getByRole('button', { name: 'Send the rest' }).click();
    await page.getByText('In the queue: 2 messages.').waitFor();
    await expect.poll(sent).toContain('second');
    await page.setViewportSize({ width: 320, height: 844 });
    await screenshot(page, 'batch-320');
    await expectNoHorizontalScroll(page);
    expect(await seriousFindings(page)).toEqual([]);
    await expect.poll(async () => (await api.status('alice')).body.pending.active).toBe(0);
    expect((await sent()).filter((text) => ['first; of the file', 'second'].includes(text))).toEqual([
      'first; of the file',
      'second',
    ]);
    expect(pageErrors).toEqual([]);
  }, 90_000);
}
