import { beforeAll, expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import type { AliceAndBob } from '../../env/use-stack.ts';

/** `/console` over HTTP. */
export const consoleFiles = (product: () => AliceAndBob) => {
  let stack: Stack;
  beforeAll(() => {
    ({ stack } = product());
    const { headers } = stack.api;
    stack.api.headers = {};
    return () => (stack.api.headers = headers);
  });

  const page = (path: string) => fetch(stack.api.url + path, { redirect: 'manual' });

  test('the page and its files: no key, a strict policy, nothing from other servers, cached for ever by name', async () => {
    for (const path of ['/console', '/console/accounts/alice', '/console/sign-in']) {
      const response = await page(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/html');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toContain('unsafe');
      expect(await response.text()).not.toMatch(/(?:src|href)="https?:|<script(?![^>]* src=)|style=/);
    }
    const [, script] =
      /src="(\/console\/assets\/[^"]+\.js)"/.exec(await (await page('/console')).text()) ?? [];
    const asset = await page(script ?? '');
    expect(asset.status).toBe(200);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('content-type')).toContain('text/javascript');
    expect((await page('/console/icon.svg')).headers.get('content-type')).toBe('image/svg+xml');
    expect((await page('/console/assets/nothing.js')).status).toBe(404);
    expect((await page('/console/assets/..%2f..%2fpackage.json')).status).toBe(404);
  });

  test('the settings that the page needs before it has a key', async () => {
    expect((await stack.api.get('/console/config.json')).body).toEqual({
      needs_key: true,
      sandbox: true,
      assistant: false,
      bot: null,
      // With API keys it needs ADMIN_USER and ADMIN_PASSWORD.
      dashboard: false,
    });
  });

  test("the sandbox's calls: only for keys of all accounts, and only those that the console needs", async () => {
    const key = (name: string) => ({ Authorization: `Bearer ${name}` });
    const path = '/console/sandbox/codes/%2B9996628601';
    expect((await stack.api.get(path)).status).toBe(401);
    expect((await stack.api.get(path, key('of-bob'))).status).toBe(403);
    expect((await stack.api.get(path, key('everything'))).status).toBe(404);
    stack.api.headers = key('everything');
    await stack.api.startSignIn('anna', '+9996628601');
    expect((await stack.api.get(path)).body).toMatchObject({ code: '22222' });
    const deep = JSON.parse('['.repeat(65) + ']'.repeat(65)) as unknown;
    expect((await stack.api.post('/console/sandbox/faults', { deep })).body.code).toBe('VALIDATION');
    const long = { error: 'x'.repeat(300_000) };
    expect((await stack.api.post('/console/sandbox/faults', long)).body.code).toBe('PAYLOAD_TOO_LARGE');
    expect((await stack.api.post('/console/sandbox/revoke', { id: 1 })).status).toBe(405);
    expect((await stack.api.post('/console/sandbox/sessions', { phone: '+9996628601' })).status).toBe(405);
    stack.api.headers = {};
  });

  test('with the real Telegram there are no sandbox routes', async () => {
    const real = stack.spawnApi({ SANDBOX_CONTROL_URL: '', PORT: '0' });
    const { url } = await real.ready;
    const config = await (await fetch(`${String(url)}/console/config.json`)).json();
    expect(config).toMatchObject({ sandbox: false });
    const headers = { Authorization: 'Bearer everything' };
    const response = await fetch(`${String(url)}/console/sandbox/codes/%2B9996628601`, { headers });
    expect(response.headers.get('content-type')).toContain('text/html');
    await real.end();
  });
};
