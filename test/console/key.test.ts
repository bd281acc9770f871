import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser } from '../env/browser.ts';
import { openConsole, seriousFindings } from '../env/console.ts';
import { Stack } from '../env/stack.ts';
import { latinWords } from './visible-words.ts';

describe.skipIf(CHROMIUM === null)('The console with API keys (skipped if there is no Chromium)', () => {
  let stack: Stack;
  let browser: Browser;
  beforeAll(async () => {
    stack = await Stack.start({ API_KEYS: 'everything,of-bob:bob' });
    stack.api.headers = { Authorization: 'Bearer everything' };
    browser = await openBrowser();
    await stack.signIn('alice', '+9996628701');
    await stack.signIn('bob', '+9996628702');
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  test('asks for the key once per tab, refuses a wrong one, and can forget it', async () => {
    const { page, pageErrors } = await openConsole(browser, stack.api.url, '/accounts/alice');
    await page.getByLabel('API key').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('does not know this key').waitFor();
    await page.getByLabel('API key').fill('everything');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'alice' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Send a message' }).waitFor();
    expect(await page.evaluate('document.cookie + JSON.stringify(localStorage)')).not.toContain('everything');
    await page.getByRole('button', { name: 'Forget the key' }).click();
    await page.getByLabel('API key').waitFor();
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain('everything');
    expect(pageErrors).toEqual([]);
  });

  test('asks for the key in Russian, and in the language chosen there', async () => {
    const { page, pageErrors } = await openConsole(browser, stack.api.url, '', { locale: 'ru-RU' });
    await page.getByLabel('Ключ API').fill('неверный');
    await page.keyboard.press('Enter');
    await page.getByText('Шлюз не знает этого ключа.').waitFor();
    expect(await latinWords(page)).toEqual([]);
    await page.getByLabel('Язык').selectOption('en');
    await page.getByText('The gateway does not know this key.').waitFor();
    expect(await page.getByLabel('API key').inputValue()).toBe('неверный');
    expect(pageErrors).toEqual([]);
  });

  test('a limited key sees its own accounts, and is refused the others', async () => {
    const { page, pageErrors } = await openConsole(browser, stack.api.url);
    await page.getByLabel('API key').fill('of-bob');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'bob' }).waitFor();
    expect(await page.getByRole('link', { name: 'alice' }).count()).toBe(0);
    await page.goto(`${stack.api.url}/console/accounts/alice`);
    await page.getByText('may not use this account').waitFor();
    expect(pageErrors).toEqual([]);
  });
});
