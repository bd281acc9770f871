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
    await page.getByLabel('From account').selectOption('One account for all');
    const account = page.getByLabel('Account', { exact: true });
    await account.fill('9996628301');
    await page.locator('datalist option[value=alice]').waitFor({ state: 'attached' });
    await account.fill('alice');
    await account.press('Enter');
    await page.getByLabel('To', { exact: true }).selectOption('Column who');
    await page.getByLabel('Message', { exact: true }).selectOption('Column words');
    await page.getByText('2 messages from 1 account.').waitFor();
    await page.getByText('line 4: no recipient').waitFor();
    await page.getByText('line 5: a spreadsheet has rounded').waitFor();
    await page.getByText('The gateway would accept 2 messages.').waitFor();
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
    // Redis was too slow for one of the messages. Nothing is refused, and the rest can be sent.
    const slow = {
      status: 'error',
      code: 'QUEUE_UNAVAILABLE',
      message: 'Too slow.',
      kind: 'unknown_outcome',
    };
    await page.route('**/send/batch', async (route) => {
      const { jobs } = (await (await route.fetch()).json()) as { jobs: object[] };
      await route.fulfill({ status: 202, json: { status: 'queued', jobs: [slow, ...jobs.slice(1)] } });
    });
    const rest = page.getByRole('button', { name: 'Send the rest' });
    await rest.click();
    await page.getByText('Too slow.').waitFor();
    await page.unroute('**/send/batch');
    await rest.click();
    await page.getByText('In the queue: 2 messages.').waitFor();
    expect(await page.getByText(/^Refused:/).count()).toBe(0);
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

  test('says before sending which messages the gateway would refuse, split or hold', async () => {
    const { api } = stack();
    await api.post('/telegram/user/pause', { user_id: 'bob' });
    const { page, pageErrors } = await open('/batch');
    const rows = [
      'user_id,recipient_id,text',
      `alice,me,${'word '.repeat(1_000)}`,
      'bob,me,held',
      'nobody,me,lost',
      'alice,+1,nowhere',
    ];
    await page.getByLabel('CSV file').setInputFiles(fileOf('check.csv', rows.join('\n')));
    await page.getByText('The gateway would accept 2 messages.').waitFor();
    await page.getByText('Long texts are split, so 3 messages go out.').waitFor();
    await page.getByText('paused by a person: 1 message').waitFor();
    await page.getByText('The gateway would refuse 2 messages:').waitFor();
    await page.getByText('line 4: nobody: This account is not signed in.').waitFor();
    await page.getByText('line 5: The recipient must be').waitFor();
    await screenshot(page, 'batch-check');
    expect(await seriousFindings(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 844 });
    await expectNoHorizontalScroll(page);
    await page.getByLabel('Language').selectOption('ru');
    await page.getByText('Шлюз примет 2 сообщения.').waitFor();
    await page.getByText('строка 4: nobody: Вход в этот аккаунт не выполнен.').waitFor();
    await expectNoHorizontalScroll(page);
    // A check that the gateway did not answer can be repeated, and nothing is sent before.
    await page.route('**/send/batch', (route) => route.abort());
    await page.getByLabel('Язык').selectOption('en');
    await page.getByRole('button', { name: 'Check again' }).waitFor();
    expect(await page.getByRole('button', { name: /^Send \d messages$/ }).isDisabled()).toBe(true);
    await page.unroute('**/send/batch');
    await page.getByRole('button', { name: 'Check again' }).click();
    const send = page.getByRole('button', { name: 'Send 2 messages' });
    await send.click();
    await page.getByRole('button', { name: 'Do not send' }).click();
    expect((await api.status('bob')).body.pending).toEqual({ waiting: 0, delayed: 0, active: 0 });
    // The gateway accepts the messages, and its answer is lost: the next check of the same file knows them.
    await page.route('**/send/batch', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await send.click();
    await page.getByRole('button', { name: 'Continue…' }).click();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('The gateway does not answer.').first().waitFor();
    await page.unroute('**/send/batch');
    const to = page.getByLabel('To', { exact: true });
    for (const column of ['text', 'recipient_id']) await to.selectOption(`Column ${column}`);
    await page.getByText('2 messages were accepted before, and will not be sent again.').waitFor();
    await api.post('/telegram/user/resume', { user_id: 'bob' });
    expect(pageErrors).toEqual([]);
  }, 90_000);
}
