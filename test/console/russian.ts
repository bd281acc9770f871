import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { expectNoHorizontalScroll, seriousFindings, screenshot } from '../env/console.ts';
import type { RunningConsole } from './running-console.ts';
import { latinWords, overflowing } from './visible-words.ts';

const RUSSIAN = { locale: 'ru-RU', timezoneId: 'Europe/Moscow' };
const WIDTHS = [320, 390, 768, 1_280];
/** As long as names may be, and without a space, in digits: words in Latin letters would count as English. */
const LONG = `7999.${'0123456789'.repeat(5)}`;

/** Defines the tests of the console in Russian. */
export function russianTests({ stack, alice, bob, open }: RunningConsole): void {
  test("speaks the browser's language, and another one at once, with what was typed", async () => {
    const { page, pageErrors } = await open('/accounts/alice', RUSSIAN);
    const asked = new Set<string | undefined>();
    page.on('request', (request) => {
      if (request.url().includes('/telegram/')) asked.add(request.headers()['accept-language']);
    });
    await page.getByRole('heading', { name: 'Отправить сообщение' }).waitFor();
    expect(await page.title()).toBe('alice · Консоль шлюза');
    await page.getByLabel('Сообщение', { exact: true }).fill('не потеряйте меня');
    await page.evaluate('window.isSamePage = true');
    await page.getByLabel('Язык').focus();
    await page.keyboard.type('English');
    await page.getByRole('heading', { name: 'Send a message' }).waitFor();
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('не потеряйте меня');
    expect(await page.evaluate('[document.documentElement.lang, document.title, isSamePage]')).toEqual([
      'en',
      'alice · Gateway console',
      true,
    ]);
    asked.clear();
    await page.reload();
    await page.getByRole('heading', { name: 'Send a message' }).waitFor();
    await expect.poll(() => [...asked]).toEqual(['en']);
    await page.getByLabel('Language').selectOption('ru');
    await page.getByRole('heading', { name: 'Отправить сообщение' }).waitFor();
    await expect.poll(() => [...asked]).toEqual(['en', 'ru']);
    expect(pageErrors).toEqual([]);
  }, 90_000);

  test('has every page in Russian, with nothing wider than a phone or cut off', async () => {
    const { api, control } = stack();
    await api.post('/telegram/user/receive', { user_id: 'alice', enabled: true });
    const reported = {
      user_id: 'alice',
      recipient_id: 'me',
      text: 'отправлено',
      callback_url: 'http://127.0.0.1:1',
    };
    await api.post('/telegram/user/send', reported);
    await control.fault({ user_id: alice(), method: 'messages.sendMessage', error: 'USER_IS_BLOCKED' });
    await api.send('alice', 'me', 'не отправлено');
    await api.post('/telegram/user/pause', { user_id: 'alice' });
    const { job_id } = (await api.send('alice', 'me', 'ждёт', { Prefer: 'respond-async' })).body;
    const scheduled = { user_id: 'alice', recipient_id: String(bob()), text: 'потом' };
    const later = { ...scheduled, send_at: new Date(Date.now() + 86_400_000).toISOString() };
    const second = (await api.post('/telegram/user/send', later, { Prefer: 'respond-async' })).body.job_id;
    const hook = { url: 'http://127.0.0.1:1/hook', events: ['message.new', 'account.state', 'updates.gap'] };
    const several = ['alice', 'bob', 'carol', 'dora', 'erin', 'fay', 'ivy'];
    const { webhook_id } = (await api.post('/webhooks', { ...hook, user_ids: several })).body;
    await api.post('/telegram/user/auth/start', { user_id: 'vera', phone_number: '+9996628381' });
    await control.createAccount({
      phone: '+9996628382',
      first_name: 'Анна',
      password: 'тайна',
      hint: 'как всегда',
    });
    const named = { phone: '+9996628383', first_name: 'Безпробелов'.repeat(5), username: 'u'.repeat(30) };
    await control.createAccount(named);
    await stack().signIn(LONG, named.phone);
    const { page, pageErrors } = await open('', RUSSIAN);

    await page.getByRole('link', { name: 'alice' }).waitFor();
    await page.getByLabel('Выбрать alice', { exact: true }).check();
    await page.getByText('Выбрано: 1 аккаунт').waitFor();
    await page.getByRole('link', { name: LONG }).waitFor();
    await page.getByRole('button', { name: /^С очередью\s*\d/ }).waitFor();
    await page.getByRole('button', { name: 'Приостановить' }).click();
    await page.getByText('Готово: 1 аккаунт.').waitFor();
    await check(page, 'accounts');
    await page.getByLabel('Состояние').selectOption('banned');
    await page.getByText('Подходящих аккаунтов нет.').waitFor();
    await check(page, 'accounts-none');

    await page.goto(`${api.url}/console/sign-in`);
    await page.getByLabel('Имя аккаунта в этом шлюзе').fill('anna');
    await page.getByLabel('Номер телефона').fill('+123');
    await page.getByRole('button', { name: 'Получить код' }).click();
    await page.locator('#app .problem').filter({ hasText: 'с кодом страны' }).waitFor();
    await check(page, 'sign-in');
    await page.getByLabel('Номер телефона').fill('+9996628382');
    await page.getByRole('button', { name: 'Получить код' }).click();
    await page.getByText('в ваше приложение Telegram').waitFor();
    await page.getByRole('button', { name: 'Вставить' }).waitFor();
    await check(page, 'sign-in-code');
    await page.getByRole('button', { name: 'Вставить' }).click();
    await page.getByRole('button', { name: 'Войти', exact: true }).click();
    await page.getByText('Подсказка: как всегда').waitFor();
    await page.getByLabel('Пароль').fill('нет');
    await page.getByRole('button', { name: 'Войти', exact: true }).click();
    await page.getByText('Пароль неверный.').waitFor();
    await check(page, 'sign-in-password');
    await page.getByRole('button', { name: 'Отменить вход' }).click();
    await page.getByRole('button', { name: 'По QR-коду' }).click();
    await page.getByRole('button', { name: 'Показать QR-код' }).click();
    await page.getByRole('img', { name: /QR-код/ }).waitFor();
    await check(page, 'sign-in-qr');
    await page.getByRole('button', { name: 'Отменить вход' }).click();

    await page.goto(`${api.url}/console/accounts/${LONG}`);
    await page.getByText('Безпробелов').first().waitFor();
    await check(page, 'account-long-name');
    await page.goto(`${api.url}/console/accounts/vera`);
    await page.getByText('Идёт вход в аккаунт.').waitFor();
    await check(page, 'account-signing-in');
    await page.goto(`${api.url}/console/accounts/alice`);
    await page.getByText('приостановлен человеком').first().waitFor();
    await page.getByText('Запланировано').first().waitFor();
    await page.getByText(/^на [а-я]{2}, \d+ [а-я]+\.?.* GMT\+3$/).waitFor();
    await page.getByLabel('Темп отправки').last().selectOption('own', { force: true });
    await page.getByLabel('Сообщение', { exact: true }).fill('**привет** '.repeat(900));
    await page.getByText(/Будет отправлено: \d/).waitFor();
    await check(page, 'account');
    for (const kind of ['location', 'contact', 'poll']) {
      await page.getByLabel('Что отправить').selectOption(kind);
      await check(page, `send-${kind}`);
    }
    await page.getByRole('button', { name: 'Отключить…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Продолжить…' }).click();
    await page.getByText('Вы уверены?').waitFor();
    await check(page, 'disconnect');

    await page.goto(`${api.url}/console/accounts/alice/chats`);
    await page.getByText('Выберите чат').waitFor();
    await page.getByRole('button', { name: /^Избранное .*Вы: / }).waitFor();
    await check(page, 'chats');
    await page.goto(`${api.url}/console/accounts/alice/chats/${alice()}`);
    await page.locator('.message', { hasText: 'отправлено' }).first().waitFor();
    await page.getByRole('heading', { name: 'Избранное' }).waitFor();
    await page.locator('.message').first().getByRole('button', { name: 'Реакция' }).click();
    await check(page, 'conversation');

    await page.goto(`${api.url}/console/failures?q=alice`);
    await page.getByText('не отправлено').waitFor();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Экспорт в CSV' }).click();
    const rows = await readFile(await (await saved).path(), 'utf8');
    expect(rows).toMatch(/Z,alice,me,не отправлено,Telegram не разрешает [а-я ]+\.,USER_IS_BLOCKED,/);
    await check(page, 'failures');
    await page.goto(`${api.url}/console/webhooks`);
    await page.getByText('alice, bob, carol, dora, erin и ещё 2 аккаунта').waitFor();
    await page.getByRole('button', { name: 'Проверить' }).click();
    await page.getByText('недоступен: там никто не принимает соединения').waitFor();
    await page.getByRole('button', { name: 'Новый вебхук' }).click();
    await check(page, 'webhooks');
    await page.goto(`${api.url}/console/webhooks/deliveries?account=alice`);
    await page
      .locator('[data-delivery] .tries', { hasText: 'недоступен: там никто не принимает соединения' })
      .first()
      .waitFor();
    await check(page, 'deliveries');
    await page.goto(`${api.url}/console/batch`);
    await page.getByLabel('Файл CSV').setInputFiles({
      name: 'рассылка.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        'user_id,recipient_id,text,send_at\nalice,me,привет,2099-01-31T09:00\nalice,,потом,',
      ),
    });
    await page.getByLabel('С аккаунта').selectOption('Один аккаунт для всех');
    await page.getByLabel('Аккаунт', { exact: true }).fill('alice');
    await page.getByLabel('Аккаунт', { exact: true }).press('Enter');
    await page.getByText('1 сообщение с 1 аккаунта.').waitFor();
    await check(page, 'batch');
    await page.goto(`${api.url}/console/assistant`);
    await page.getByLabel('С аккаунта').waitFor();
    await check(page, 'assistant');
    await page.goto(`${api.url}/console/nowhere`);
    await page.getByText('Страница не найдена').waitFor();
    await check(page, 'not-found');

    await api.request('DELETE', `/webhooks/${webhook_id}`, undefined, {});
    for (const id of [job_id, second]) await api.request('DELETE', `/jobs/${id}`, undefined, {});
    await api.post('/telegram/user/auth/cancel', { user_id: 'vera' });
    await api.post('/telegram/user/disconnect', { user_id: LONG });
    await api.post('/telegram/user/resume', { user_id: 'alice' });
    expect(pageErrors).toEqual([]);
  }, 400_000);
}

/** Checks the words of a page with all that can be opened, and that each width has room for them. */
async function check(page: Page, name: string): Promise<void> {
  await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
  expect.soft(await latinWords(page), `English on ${name}`).toEqual([]);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: width === 390 ? 'dark' : 'light' });
    await screenshot(page, `ru-${name}-${width}`);
    expect.soft(await overflowing(page), `${name} at ${width} px`).toEqual([]);
    await expectNoHorizontalScroll(page);
  }
  expect.soft(await seriousFindings(page), name).toEqual([]);
}
