import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { expectNoHorizontalScroll, seriousFindings, screenshot } from '../env/console.ts';
import type { RunningConsole } from './running-console.ts';

/** Defines the tests of the list of accounts: filters in the address, and what is done to many accounts at once. */
export function accountsPageTests({ stack, alice, bob, open }: RunningConsole): void {
  const stateOf = async (userId: string) => (await stack().api.status(userId)).body.reason ?? 'none';

  test('filters accounts on the server, and keeps the filter in the address', async () => {
    const { api } = stack();
    await api.post('/telegram/user/pause', { user_id: 'bob' });
    const { job_id } = (await api.send('bob', 'me', 'it waits', { Prefer: 'respond-async' })).body;
    const { page, pageErrors } = await open();
    const names = page.locator('.account-link');
    const query = () => new URL(page.url()).search;
    await page.getByRole('button', { name: /^With messages waiting\s*1$/ }).click();
    await expect.poll(() => names.allTextContents()).toEqual(['bob']);
    expect(query()).toBe('?show=waiting');
    await page.reload();
    await expect.poll(() => names.allTextContents()).toEqual(['bob']);
    await page.getByRole('button', { name: /^All/ }).click();
    await page.getByLabel('Find an account').fill('9996628301');
    await expect.poll(() => names.allTextContents()).toEqual(['alice']);
    expect(query()).toBe('?q=9996628301');
    await page.getByLabel('Find an account').fill('');
    await page.getByLabel('State').selectOption('banned');
    await page.getByText('No accounts match.').waitFor();
    await page.goto(`${api.url}/console?q=bob&show=attention`);
    await expect.poll(() => names.allTextContents()).toEqual(['bob']);
    expect(await page.getByLabel('Find an account').inputValue()).toBe('bob');
    await page.goto(`${api.url}/console?state=ready`);
    await expect.poll(() => names.first().textContent()).toBe('alice');
    await page.getByLabel('Sort').selectOption('Longest queue first');
    await expect.poll(() => names.first().textContent()).toBe('bob');
    expect(query()).toBe('?state=ready&sort=queue');
    await page.reload();
    await expect.poll(() => names.first().textContent()).toBe('bob');
    await page.getByLabel('Sort').selectOption('Trouble first');
    await expect.poll(() => names.first().textContent()).toBe('bob');
    expect(query()).toBe('?state=ready&sort=state');
    await page.getByLabel('Sort').selectOption('By name, last first');
    await expect
      .poll(() => names.allTextContents())
      .toEqual((await names.allTextContents()).toSorted().reverse());
    // The way back from an account leads to its place in the list.
    await page.setViewportSize({ width: 390, height: 400 });
    await names.last().scrollIntoViewIfNeeded();
    const place = await page.evaluate<number>('scrollY');
    expect(place).toBeGreaterThan(0);
    await names.last().click();
    await page.getByRole('heading', { name: 'Send a message' }).waitFor();
    await page.goBack();
    await names.last().waitFor();
    await expect.poll(() => page.evaluate('scrollY')).toBe(place);
    await api.request('DELETE', `/jobs/${job_id}`, undefined, {});
    await api.post('/telegram/user/resume', { user_id: 'bob' });
    expect(pageErrors).toEqual([]);
  }, 90_000);

  test('pauses, resumes, retries and exports all that are selected', async () => {
    const { api, control } = stack();
    await control.fault({ user_id: alice(), method: 'messages.sendMessage', error: 'USER_IS_BLOCKED' });
    await api.send('alice', '+9996628302', 'refused before the bulk');
    // More has ended since than one page of the account's messages.
    await api.post('/telegram/user/pace', { user_id: 'alice', pace: 'off' });
    const later = Array.from({ length: 101 }, (_, n) => ({
      user_id: 'alice',
      recipient_id: 'me',
      text: `${n}`,
    }));
    await api.post('/telegram/user/send/batch', { messages: later });
    const pending = async () => (await api.status('alice')).body.pending;
    await expect.poll(pending, { timeout: 20_000 }).toEqual({ waiting: 0, delayed: 0, active: 0 });
    const { page, pageErrors } = await open();
    for (const name of ['alice', 'bob']) await page.getByLabel(`Select ${name}`, { exact: true }).check();
    await page.getByText('2 accounts selected').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Done: 2 accounts.').waitFor();
    expect([await stateOf('alice'), await stateOf('bob')]).toEqual(['PAUSED', 'PAUSED']);
    await screenshot(page, 'accounts-bulk');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => stateOf('bob')).toBe('none');
    await page.getByRole('button', { name: 'Retry what failed' }).click();
    await page.getByText(/Done: 2 accounts\. \d+ messages? will be sent again/).waitFor();
    const texts = async () => (await control.messages({ from: alice(), to: bob() })).map(({ text }) => text);
    await expect.poll(texts).toContain('refused before the bulk');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as CSV' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect(lines[0]).toContain('account,state,reason');
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(['alice', 'bob']);
    expect(lines[1]).toContain('+9996628301');
    for (const [width, colours] of [
      [768, 'light'],
      [390, 'dark'],
      [320, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      await page.getByLabel('Colours').selectOption(colours);
      await screenshot(page, `accounts-bulk-${width}`);
      await expectNoHorizontalScroll(page);
    }
    await api.post('/telegram/user/pace', { user_id: 'alice', pace: null });
    expect(await seriousFindings(page)).toEqual([]);
    expect(pageErrors).toEqual([]);
  }, 90_000);

  test("changes an account's pace, and says what is wrong with a rule", async () => {
    const { api } = stack();
    const { page, pageErrors } = await open('/accounts/bob');
    await page.getByText('Change the pace').click();
    const form = page.getByRole('form', { name: 'Pace' });
    await form.getByLabel('Pace', { exact: true }).selectOption('own');
    await form.getByLabel('New people a day').fill('-1');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.locator('.problem').waitFor();
    await form.getByLabel('New people a day').fill('3');
    await form.getByLabel('At once, after a rest').fill('7');
    await screenshot(page, 'pace-editor');
    expect(await seriousFindings(page)).toEqual([]);
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Saved.').waitFor();
    expect((await api.status('bob')).body.pace).toMatchObject({ rules: { burst: 7, strangers_per_day: 3 } });
    for (const path of ['', '/accounts/bob']) {
      const narrow = await open(path, { viewport: { width: 320, height: 844 } });
      await narrow.page.getByText('7 of 7').waitFor();
      await expectNoHorizontalScroll(narrow.page);
    }
    await form.getByLabel('Pace', { exact: true }).selectOption('default');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await api.status('bob')).body.pace.rules?.burst).not.toBe(7);
    expect(pageErrors).toEqual([]);
  }, 90_000);

  test('lists what failed over all accounts, with reasons, and exports it', async () => {
    const { api, control } = stack();
    for (const [userId, id] of [
      ['alice', alice()],
      ['bob', bob()],
    ] as const) {
      await control.fault({ user_id: id, method: 'messages.sendMessage', error: 'USER_IS_BLOCKED' });
      await api.send(userId, 'me', `a failure of ${userId}`);
    }
    const { page, pageErrors } = await open();
    await page.getByRole('link', { name: 'Failures' }).click();
    const failures = page.getByRole('list', { name: 'Failures' }).locator('.send');
    await failures.filter({ hasText: 'a failure of alice' }).getByText('USER_IS_BLOCKED').waitFor();
    await failures.filter({ hasText: 'a failure of bob' }).getByRole('link', { name: 'bob' }).waitFor();
    await screenshot(page, 'failures');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Find an account').fill('bob');
    await failures.filter({ hasText: 'a failure of alice' }).waitFor({ state: 'hidden' });
    expect(new URL(page.url()).search).toBe('?q=bob');
    await page.getByRole('navigation').getByRole('link', { name: 'Failures' }).click();
    await failures.filter({ hasText: 'a failure of alice' }).waitFor();
    expect(await page.getByLabel('Find an account').inputValue()).toBe('');
    await page.goBack();
    await expect.poll(() => page.getByLabel('Find an account').inputValue()).toBe('bob');
    await failures.filter({ hasText: 'a failure of alice' }).waitFor({ state: 'hidden' });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as CSV' }).click(),
    ]);
    const text = await readFile(await download.path(), 'utf8');
    expect(text).toMatch(/Z,bob,me,a failure of bob,.*USER_IS_BLOCKED/);
    expect(text).not.toContain('a failure of alice');
    await page.setViewportSize({ width: 320, height: 844 });
    await expectNoHorizontalScroll(page);
    await failures.filter({ hasText: 'a failure of bob' }).getByRole('button', { name: 'Try again' }).click();
    await expect
      .poll(async () => (await control.messages({ from: bob(), to: bob() })).map(({ text: sent }) => sent))
      .toContain('a failure of bob');
    expect(pageErrors).toEqual([]);
  }, 90_000);

  test('offers nothing that cannot help a banned account, or one that does not exist', async () => {
    const { api, control } = stack();
    for (const [name, phone] of [
      ['greta', '+9996628319'],
      ['greta.2', '+9996628320'],
    ] as const) {
      const user_id = await stack().signIn(name, phone);
      await control.fault({ user_id, method: 'messages.sendMessage', error: 'USER_DEACTIVATED_BAN' });
      await api.send(name, 'me', 'never sent');
    }
    const { page, pageErrors } = await open('/accounts/greta');
    await page.getByText('Write to recover@telegram.org.').waitFor();
    await page.locator('.send', { hasText: 'never sent' }).waitFor();
    const offers = (names: RegExp) =>
      page.getByRole('button', { name: names }).or(page.getByRole('link', { name: names }));
    expect(await offers(/^(Sign it in|Try again|Pause|Resume|Send|Change the proxy)$/).count()).toBe(0);
    await page.getByLabel('Language').selectOption('ru');
    await page.getByText('Напишите на recover@telegram.org.').waitFor();
    expect(await offers(/^(Войти|Повторить|Приостановить|Возобновить|Отправить)$/).count()).toBe(0);
    await page.goto(`${api.url}/console/failures?q=greta`);
    await page.locator('.send', { hasText: 'never sent' }).first().waitFor();
    expect(await offers(/^Повторить$/).count()).toBe(0);
    await page.goto(`${api.url}/console?state=banned`);
    await page.getByRole('button', { name: 'Выбрать все: 2' }).click();
    await page.getByRole('button', { name: 'Приостановить' }).click();
    // One line a reason, however many accounts it has.
    const refused = page.locator('.bulk .tries li');
    await expect
      .poll(() => refused.allTextContents())
      .toEqual(['Telegram удалил или заблокировал этот аккаунт. greta, greta.2']);
    await page.getByLabel('Язык').selectOption('en');
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect
      .poll(() => refused.allTextContents())
      .toEqual(['Telegram has deactivated this account. greta, greta.2']);
    await page.getByLabel('Language').selectOption('ru');
    await page.goto(`${api.url}/console/accounts/nobody`);
    await page.getByRole('link', { name: 'Войти' }).waitFor();
    expect(await offers(/Отключить/).count()).toBe(0);
    for (const name of ['greta', 'greta.2']) await api.post('/telegram/user/disconnect', { user_id: name });
    expect(pageErrors).toEqual([]);
  }, 90_000);
}
