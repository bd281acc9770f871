import { GatewayClient } from '@gateway/client';
import { beforeAll, expect, test, vi } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import type { Route } from './routes.ts';

/** An account that the limited key may not use. Its texts and names are nowhere else. */
const HIDDEN = 'hidden-account';
const PHONE = '+9996627412';
const TEXT = 'only for those who may use it';
const OF_BOB = { Authorization: 'Bearer of-bob' };

/** Routes that no document lists. */
const UNDOCUMENTED = ['/console', '/docs', '/admin/queues/api/queues', '/console/sandbox/messages'].map(
  (path): Route => ({
    name: `get ${path}`,
    method: 'GET',
    path,
    parameters: [],
    body: undefined,
    isStrict: true,
  }),
);

/** What a key that is limited to other accounts gets to see of an account: nothing, on any route. */
export const limitedKey = (product: () => { stack: Stack; routes: Route[] }) => {
  let stack: Stack;
  let routes: Route[];
  /** The ids that fill the parameters of paths. */
  let ids: Record<string, string>;
  /** What only the hidden account has. */
  let marks: string[];

  beforeAll(async () => {
    ({ stack } = product());
    routes = [...product().routes, ...UNDOCUMENTED];
    const telegramId = await stack.signIn(HIDDEN, PHONE);
    const client = new GatewayClient({ baseUrl: stack.api.url, apiKey: 'everything' });
    await stack.api.post('/telegram/user/receive', { user_id: HIDDEN, enabled: true });
    const webhook = { url: 'http://127.0.0.1:1/', user_ids: [HIDDEN], events: ['message.new'] };
    const { webhook_id } = (await stack.api.post('/webhooks', webhook)).body;
    const { upload_id } = await client.upload(HIDDEN, new Uint8Array([1, 2, 3]), { fileName: 'a.bin' });
    const message = { user_id: HIDDEN, recipient_id: 'me', text: TEXT, callback_url: 'http://127.0.0.1:1/' };
    const sent = await stack.api.post(
      '/telegram/user/send',
      { ...message, media: [{ type: 'document', upload_id }] },
      { Prefer: 'wait=30' },
    );
    await stack.control.fault({
      user_id: telegramId,
      method: 'messages.sendMessage',
      error: 'USER_IS_BLOCKED',
    });
    await stack.api.post('/telegram/user/send', message, { Prefer: 'wait=30' });
    const list = `/webhooks/deliveries?job_id=${sent.body.job_id}`;
    await vi.waitFor(async () => expect((await stack.api.get(list)).body.deliveries).toHaveLength(1), {
      timeout: 10_000,
    });
    ids = {
      user_id: HIDDEN,
      job_id: sent.body.job_id,
      webhook_id,
      id: (await stack.api.get(list)).body.deliveries[0].id,
      file_id: sent.body.media[0].file_id,
      recipient_id: 'me',
    };
    marks = [HIDDEN, PHONE.slice(1), String(telegramId), TEXT, webhook_id, upload_id];
  });

  const query = ({ parameters }: Route) => {
    const given = new URLSearchParams();
    if (parameters.includes('query user_id')) given.set('user_id', HIDDEN);
    if (parameters.includes('query recipient_id')) given.set('recipient_id', 'me');
    if (parameters.includes('query phone')) given.set('phone', '+12025550123');
    return given.size === 0 ? '' : `?${given}`;
  };
  const bodyOf = ({ body }: Route) =>
    body && JSON.stringify(body).replaceAll(/"user_id":"[^"]*"/g, `"user_id":"${HIDDEN}"`);

  async function ask(route: Route, headers: Record<string, string>): Promise<[status: number, text: string]> {
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(ids[name] ?? ''),
    );
    const body = bodyOf(route);
    const response = await fetch(stack.api.url + path + query(route), {
      method: route.method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(20_000),
    });
    return [response.status, await response.text()];
  }

  /** Whether the request names the hidden account, or something that it has. */
  const isAbout = (route: Route) =>
    /\{(user_id|job_id|webhook_id|id)\}/.test(route.path) ||
    query(route).includes(HIDDEN) ||
    bodyOf(route)?.includes(HIDDEN) === true;

  const standing = async () => {
    const paths = [`/telegram/user/status/${HIDDEN}`, `/telegram/accounts/${HIDDEN}/sends`];
    const answers = await Promise.all(
      [...paths, `/webhooks/${ids['webhook_id']}`].map((path) => stack.api.get(path)),
    );
    return answers.map(({ body }) => body);
  };

  test('a key that is limited to other accounts neither sees nor changes anything of an account', async () => {
    const before = await standing();
    const about = routes.filter(isAbout);
    expect(about.length).toBeGreaterThan(45);
    for (const accept of ['application/json', 'text/event-stream'])
      for (const route of routes) {
        const [status, text] = await ask(route, { ...OF_BOB, accept });
        const shown = marks.filter((mark) => text.includes(mark));
        expect([route.name, accept, shown, shown.length === 0 ? '' : text]).toEqual([
          route.name,
          accept,
          [],
          '',
        ]);
        if (!isAbout(route)) continue;
        // A batch is accepted, and each of its items refused.
        if (status === 202)
          expect([route.name, text]).toEqual([route.name, expect.not.stringContaining('"job_id"')]);
        else expect([route.name, [403, 404].includes(status), text]).toEqual([route.name, true, text]);
      }
    expect(await standing()).toEqual(before);
  });

  test('which a key without a limit does see on these routes', async () => {
    const seen: string[] = [];
    for (const route of routes.filter(
      ({ method, path }) => method === 'GET' && !/events$|\/auth\/qr/.test(path),
    )) {
      const [, text] = await ask(route, { ...stack.api.headers, accept: 'application/json' });
      if (marks.some((mark) => text.includes(mark))) seen.push(route.path);
    }
    expect(seen).toEqual(
      expect.arrayContaining([
        '/telegram/accounts',
        '/telegram/failures',
        '/telegram/accounts/{user_id}/sends',
        '/telegram/accounts/{user_id}/chats',
        '/jobs/{job_id}',
        '/webhooks',
        '/webhooks/{webhook_id}',
        '/webhooks/deliveries',
        '/webhooks/deliveries/{id}',
        '/console/sandbox/messages',
      ]),
    );
  });
};
