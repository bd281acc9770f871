import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { expectNoHorizontalScroll, seriousFindings, screenshot } from '../env/console.ts';
import { PNG } from '../env/png.ts';
import { BOB, type RunningConsole } from './running-console.ts';

/** Sending files, locations, contacts and polls from the console. */
export function attachmentTests({ stack, alice, bob, open }: RunningConsole): void {
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
    expect((await stack().control.messages({ to: bob() })).at(-1)).toMatchObject({
      text: 'a caption',
      media: { type: 'photo', size: PNG.length },
    });
    expect(await files.count()).toBe(0);
    // A file needs no text.
    await give(page, 'drop', 'alone.txt', 'text/plain');
    await page.getByRole('progressbar').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect
      .poll(async () => (await stack().control.messages({ to: bob() })).at(-1)?.media?.file_name)
      .toBe('alone.txt');
    expect(pageErrors).toEqual([]);
  });

  test('sends locations, contacts and polls', async () => {
    const { page, pageErrors } = await open('/accounts/alice', { viewport: { width: 390, height: 844 } });
    const kind = page.getByLabel('What to send');
    const send = page.getByRole('button', { name: 'Send', exact: true });
    const last = async (to: number) => (await stack().control.messages({ from: alice(), to })).at(-1)?.media;
    await page.getByLabel('To', { exact: true }).fill(BOB);
    await kind.selectOption('Location');
    await page.getByLabel('Latitude').fill('52.5163');
    await page.getByLabel('Longitude').fill('-13.3777');
    await send.click();
    await expect
      .poll(() => last(bob()))
      .toMatchObject({ type: 'location', latitude: 52.5163, longitude: -13.3777 });
    await kind.selectOption('Contact');
    await page.getByLabel('Phone number').fill('+9996621000');
    await page.getByLabel('First name').fill('Carol');
    await screenshot(page, 'send-contact');
    await expectNoHorizontalScroll(page);
    expect(await seriousFindings(page)).toEqual([]);
    await send.click();
    await expect.poll(() => last(bob())).toMatchObject({ type: 'contact', first_name: 'Carol' });
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
      .poll(() => last(alice()))
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
    const file = async () => (await stack().control.messages({ from: alice(), to: bob() })).at(-1);
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
}
