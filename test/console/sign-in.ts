import { PROXIES } from '@gateway/telegram/testing';
import { expect, onTestFinished, test } from 'vitest';
import { expectNoHorizontalScroll, seriousFindings, screenshot } from '../env/console.ts';
import type { RunningConsole } from './running-console.ts';

/** Defines the tests of signing in. */
export function signInTests({ stack, open }: RunningConsole): void {
  test('signs in by code and password, and shows delivery, time left, hint and errors in their places', async () => {
    const phone = '+9996628311';
    const account = { phone, first_name: 'Carol', password: 'hunter2', hint: 'the usual' };
    await stack().control.createAccount(account);
    const { page, pageErrors } = await open('/sign-in');
    await page.getByLabel('Name of the account in this gateway').fill('bad name');
    await page.getByLabel('Phone number').fill(phone);
    await page.getByRole('button', { name: 'Send me the code' }).click();
    await page.locator('#app .problem').filter({ hasText: 'may hold only letters' }).waitFor();
    await page.getByLabel('Name of the account in this gateway').fill('carol');
    await page.getByLabel('Phone number').fill('+123');
    await page.getByRole('button', { name: 'Send me the code' }).click();
    await page.locator('#app .problem').filter({ hasText: 'with its country code' }).waitFor();
    await page.getByLabel('Phone number').fill(phone);
    await page.getByRole('button', { name: 'Send me the code' }).click();
    await page.getByText('in your Telegram app').waitFor();
    await page.getByText(/Another code in 0:5\d/).waitFor();
    await screenshot(page, 'sign-in-code');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Code', { exact: true }).fill('11111');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('This is not the code.').waitFor();
    // After a reload, or the way back, the page continues at the same step.
    await page.reload();
    await page.getByText('in your Telegram app').waitFor();
    await page.getByRole('link', { name: 'Accounts' }).click();
    await page.getByRole('heading', { name: 'Accounts' }).waitFor();
    await page.goBack();
    await page.getByText(`${phone}, in your Telegram app`).waitFor();
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Hint: the usual').waitFor();
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('This is not the password.').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Password').fill('hunter2');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'carol' }).waitFor();
    await page.getByText('Ready').waitFor();
    expect(pageErrors).toEqual([]);
  }, 90_000);

  test('signs in by QR code, which is drawn, renewed and scanned', async () => {
    await stack().control.setLoginTokenLifetime(4);
    const { page, pageErrors } = await open('/sign-in');
    await page.getByRole('button', { name: 'By a QR code' }).click();
    await page.getByLabel('Name of the account in this gateway').fill('dora');
    await page.getByRole('button', { name: 'Show the QR code' }).click();
    const picture = page.getByRole('img', { name: /QR code/ });
    const first = await picture.getAttribute('data-url');
    await screenshot(page, 'sign-in-qr');
    expect(await seriousFindings(page)).toEqual([]);
    await expect.poll(() => picture.getAttribute('data-url'), { timeout: 10_000 }).not.toBe(first);
    await stack().control.setLoginTokenLifetime(30);
    await expect
      .poll(async () => (await page.getByRole('timer').textContent()) ?? '', { timeout: 10_000 })
      .toMatch(/0:2\d/);
    await stack().control.scan((await picture.getAttribute('data-url')) ?? '', '+9996628312');
    await page.getByRole('heading', { name: 'dora' }).waitFor();
    await page.getByText('Ready').waitFor();
    expect(pageErrors).toEqual([]);
  });

  test('signs in by QR code with two-factor authentication: asks for the password after the scan, with its hint', async () => {
    const phone = '+9996628316';
    await stack().control.createAccount({ phone, first_name: 'Fay', password: 'hunter2', hint: 'the usual' });
    const { page, pageErrors } = await open('/sign-in');
    await page.getByRole('button', { name: 'By a QR code' }).click();
    await page.getByLabel('Name of the account in this gateway').fill('fay');
    await page.getByRole('button', { name: 'Show the QR code' }).click();
    await page.getByRole('img', { name: /QR code/ }).waitFor();
    await page.getByLabel('Scan as the owner of').fill(phone);
    await page.getByRole('button', { name: 'Scan', exact: true }).click();
    await page.getByText('Hint: the usual').waitFor();
    await page.keyboard.type('hunter2');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'fay' }).waitFor();
    expect(pageErrors).toEqual([]);
  });

  test('signs in by a proxy of its own, and says under its field what is wrong with it', async () => {
    const [away, proxy] = await Promise.all([PROXIES.socks5(), PROXIES.http()]);
    onTestFinished(() => proxy.close());
    await away.close();
    const { page, pageErrors } = await open('/sign-in', { viewport: { width: 320, height: 844 } });
    await page.getByLabel('Name of the account in this gateway').fill('hugo');
    await page.getByLabel('Phone number').fill('+9996628317');
    await page.getByText('Own network', { exact: true }).click();
    const field = page.getByLabel('Address of the proxy');
    const problem = page.locator('#app details .problem');
    await field.fill('ftp://proxy.example.com');
    await page.getByText('Own network', { exact: true }).click();
    await page.getByRole('button', { name: 'Send me the code' }).click();
    await problem.filter({ hasText: 'must be socks5://' }).waitFor();
    await field.fill(away.address);
    await page.getByRole('button', { name: 'Send me the code' }).click();
    await problem.filter({ hasText: 'does not get through' }).waitFor();
    await screenshot(page, 'sign-in-proxy-320');
    await expectNoHorizontalScroll(page);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Language').selectOption('ru');
    await page.getByRole('button', { name: 'Получить код' }).click();
    await problem.filter({ hasText: 'не соединяет' }).waitFor();
    await expectNoHorizontalScroll(page);
    await page.getByLabel('Адрес прокси').fill(proxy.address);
    await page.getByRole('button', { name: 'Получить код' }).click();
    await page.getByRole('button', { name: 'Вставить' }).click();
    expect(proxy.connections()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Войти', exact: true }).click();
    await page.getByText(`http://user@127.0.0.1:${new URL(proxy.address).port}`).waitFor();
    await expectNoHorizontalScroll(page);
    await stack().api.post('/telegram/user/disconnect', { user_id: 'hugo' });
    expect(pageErrors).toEqual([]);
  }, 90_000);

  test('shows the step of a sign-in in another browser, and follows it there', async () => {
    const phone = '+9996628318';
    const account = { phone, first_name: 'Ivy', password: 'hunter2', hint: 'the usual' };
    await stack().control.createAccount(account);
    const first = await open('/sign-in/ivy');
    await first.page.getByLabel('Phone number').fill(phone);
    await first.page.getByRole('button', { name: 'Send me the code' }).click();
    await first.page.getByText(`${phone}, in your Telegram app`).waitFor();
    const second = await open('/sign-in/ivy', { locale: 'ru-RU' });
    await second.page.getByText(`код для ${phone} в ваше приложение Telegram`).waitFor();
    await second.page.getByText(/Новый код через 0:\d\d/).waitFor();
    await second.page.getByText('Следующий код придёт по SMS.').waitFor();
    await second.page.getByRole('button', { name: 'Вставить' }).click();
    await second.page.getByRole('button', { name: 'Войти', exact: true }).click();
    await second.page.getByText('Подсказка: the usual').waitFor();
    await first.page.getByText('Hint: the usual').waitFor();
    await second.page.reload();
    await second.page.getByText('Подсказка: the usual').waitFor();
    await first.page.getByLabel('Password').fill('hunter2');
    await first.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    for (const { page } of [first, second]) await page.getByRole('heading', { name: 'ivy' }).waitFor();
    expect([...first.pageErrors, ...second.pageErrors]).toEqual([]);
  }, 90_000);
}
