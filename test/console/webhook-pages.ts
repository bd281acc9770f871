import { createHmac } from 'node:crypto';
import { Receiver } from '@gateway/webhooks/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNoHorizontalScroll, seriousFindings, screenshot } from '../env/console.ts';
import type { RunningConsole } from './running-console.ts';

/** Defines the tests of the pages about webhooks. */
export function webhookPageTests({ stack, alice, bob, open }: RunningConsole): void {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await Receiver.start();
  });
  afterAll(() => receiver[Symbol.asyncDispose]());

  const items = (page: Page) => page.getByRole('list', { name: 'Webhooks' }).locator('li[data-webhook]');
  /** The events that were posted, without those of tests. */
  const posted = () =>
    receiver.received
      .map(({ body }) => JSON.parse(body) as { type: string; message?: { text: string } })
      .filter(({ type }) => type !== 'webhook.test');
  const write = (text: string) => stack().control.write({ from: bob(), to: alice(), text });

  test('creates a webhook, shows its secret once, tests, pauses, resumes and deletes it', async () => {
    await stack().api.post('/telegram/user/receive', { user_id: 'alice', enabled: true });
    const { page, pageErrors } = await open('', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('link', { name: 'Webhooks' }).click();
    await page.getByText('There are no webhooks yet.').waitFor();
    await page.getByRole('button', { name: 'New webhook' }).click();
    const form = page.getByRole('form', { name: 'New webhook' });
    await form.getByLabel('Address').fill('ftp://example.com');
    await form.getByLabel('Accounts').fill('alice');
    await form.getByText('Filter', { exact: true }).click();
    await form.getByLabel('Only these chats').fill('@bob');
    await form.getByRole('button', { name: 'Create' }).click();
    await form.locator('.problem', { hasText: 'must be the id of a chat' }).waitFor();
    expect(await form.locator('.problem').count()).toBe(2);
    expect(await seriousFindings(page)).toEqual([]);
    await form.getByLabel('Only these chats').fill('');
    await form.getByLabel('Messages', { exact: true }).selectOption('in');
    await form.getByLabel('Edited messages').check();
    await form.getByLabel('Address').fill(receiver.url);
    await screenshot(page, 'webhook-form');
    await form.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Copy the secret now').waitFor();
    const secret = await page.getByLabel('Secret').inputValue();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(secret);
    await screenshot(page, 'webhook-secret');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'I have it' }).click();
    const item = items(page);
    await item.getByText('alice · New messages, Edited messages · filtered').waitFor();
    expect(await page.content()).not.toContain(secret);

    await item.getByRole('button', { name: 'Send a test' }).click();
    await item.getByText(/The receiver answered 204 after \d+ ms/).waitFor();
    const test = receiver.received.at(-1);
    const time = String(test?.headers['x-timestamp']);
    const signature = createHmac('sha256', secret).update(`${time}.${test?.body}`).digest('hex');
    expect(test?.headers['x-signature-v2']).toBe(`t=${time},sha256=${signature}`);
    await write('to the webhook');
    await expect.poll(posted).toMatchObject([{ message: { text: 'to the webhook' } }]);

    await item.getByRole('button', { name: 'Pause' }).click();
    await item.getByText('Paused').waitFor();
    await write('while it was paused');
    await item.getByText('1 event not delivered yet').waitFor();
    await screenshot(page, 'webhooks-light');
    receiver.answers.push((response) => response.writeHead(500).end());
    await item.getByRole('button', { name: 'Resume' }).click();
    await item.getByText(/Last failure, .*500/).waitFor();
    await expect
      .poll(() => posted().at(-1), { timeout: 20_000 })
      .toMatchObject({
        message: { text: 'while it was paused' },
      });
    await item.getByText('Nothing waits.').waitFor();

    await page.getByLabel('Colours').selectOption('dark');
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      await expectNoHorizontalScroll(page);
    }
    await screenshot(page, 'webhooks-phone-dark');
    expect(await seriousFindings(page)).toEqual([]);
    await item.getByRole('button', { name: 'Delete…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete this webhook?' });
    await dialog.getByRole('button', { name: 'Continue…' }).click();
    await dialog.getByRole('button', { name: 'Delete it' }).click();
    await page.getByText('There are no webhooks yet.').waitFor();
    expect((await stack().api.get('/webhooks')).body.webhooks).toEqual([]);
    expect(pageErrors).toEqual([]);
  }, 90_000);

  test('lists deliveries to callback addresses with their tries, and posts one again', async () => {
    const before = receiver.received.length;
    receiver.answers.push((response) => response.writeHead(410).end());
    const { job_id } = (
      await stack().api.post('/telegram/user/send', {
        user_id: 'alice',
        recipient_id: 'me',
        text: 'reported',
        callback_url: receiver.url,
      })
    ).body;
    await expect.poll(() => receiver.received.length).toBe(before + 1);
    const { page, pageErrors } = await open('/webhooks');
    await page.getByRole('link', { name: 'Deliveries of jobs' }).click();
    await page.getByLabel('Account').fill('alice');
    const delivery = page.locator('li[data-delivery]', { hasText: job_id });
    await delivery.getByText(/410, \d+ ms/).waitFor();
    await screenshot(page, 'deliveries');
    await page.setViewportSize({ width: 320, height: 740 });
    await expectNoHorizontalScroll(page);
    expect(await seriousFindings(page)).toEqual([]);
    await delivery.getByRole('button', { name: 'Post it again' }).click();
    await delivery.getByText('Delivered').waitFor();
    expect(receiver.received.slice(before).map(({ body }) => body)).toEqual([
      expect.stringContaining(job_id),
      receiver.received[before]?.body,
    ]);
    // The address names account and state, so that a reload and a link show the same.
    await page.getByRole('button', { name: 'Failed' }).click();
    await page.getByText('Nothing was posted for this account.').waitFor();
    await page.reload();
    await page.getByText('Nothing was posted for this account.').waitFor();
    expect(new URL(page.url()).search).toBe('?account=alice&state=failed');
    expect(pageErrors).toEqual([]);
  }, 90_000);
}
