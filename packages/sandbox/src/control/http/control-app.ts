import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { ControlError } from '../control-error.ts';
import type { Control } from '../control.ts';
import { addActionRoutes } from './action-routes.ts';
import { CALLS } from './calls.ts';
import { addChatRoutes } from './chat-routes.ts';
import {
  differenceFaultRequest,
  faultRequest,
  fileFaultRequest,
  pushFaultRequest,
} from './fault-requests.ts';
import { bodyOf, parsed } from './read-body.ts';
import {
  accountRequest,
  botRequest,
  contactsRequest,
  idQuery,
  loginTokenRequest,
  peerQuery,
  randomIdQuery,
  revokeRequest,
  sessionRequest,
  settingsRequest,
} from './requests.ts';

/** The control API over HTTP. Faults and settings are kept in memory only; everything else is part of the state. */
export function createControlApp(control: Control, onError: (error: unknown) => void): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    refuseStrangers(c);
    await next();
  });

  app.get('/', (c) => c.json({ sandbox: 'a Telegram for trying and testing', calls: CALLS }));
  app.get('/codes/:phone', (c) => c.json(control.lastCode(c.req.param('phone'))));
  app.get('/accounts', (c) => c.json(control.accounts()));
  app.post('/accounts', async (c) => {
    const body = await bodyOf(c, z.looseObject({}));
    const { account, created } =
      'bot_token' in body
        ? control.createBot(await bodyOf(c, botRequest))
        : control.createAccount(await bodyOf(c, accountRequest));
    return c.json(account, created ? 201 : 200);
  });
  app.post('/sessions', async (c) =>
    c.json(control.createSession((await bodyOf(c, sessionRequest)).phone), 201),
  );
  app.post('/login-tokens/accept', async (c) =>
    c.json(control.acceptLoginToken(await bodyOf(c, loginTokenRequest))),
  );
  addChatRoutes(app, control);
  app.post('/contacts', async (c) => {
    control.addContacts(await bodyOf(c, contactsRequest));
    return c.json({ status: 'ok' });
  });
  addActionRoutes(app, control);
  app.get('/messages', (c) => {
    const { from, to } = { from: queryOf(c, 'from', idQuery), to: queryOf(c, 'to', idQuery) };
    const ids = c.req.query('ids') === 'true';
    return c.json(
      control.messages({ ids, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }),
    );
  });
  app.get('/typing', (c) => {
    const to = queryOf(c, 'to', peerQuery);
    return c.json(control.typing(to));
  });
  app.get('/deliveries', (c) => {
    const randomId = queryOf(c, 'random_id', randomIdQuery);
    if (randomId === undefined) throw new ControlError(400, 'random_id: is needed');
    return c.json(control.deliveries(randomId));
  });
  app.get('/faults', (c) => c.json(control.faults()));
  app.post('/faults', async (c) => {
    const body = await bodyOf(c, z.looseObject({}));
    if ('difference' in body) control.addDifferenceFault(await bodyOf(c, differenceFaultRequest));
    else if ('updates' in body) control.addPushFault(await bodyOf(c, pushFaultRequest));
    else if ('file_reference' in body || 'file_parts' in body)
      control.addFileFault(await bodyOf(c, fileFaultRequest));
    else control.addFault(await bodyOf(c, faultRequest));
    return c.json({ status: 'ok' }, 201);
  });
  app.delete('/faults', (c) => {
    control.clearFaults();
    return c.json({ status: 'ok' });
  });
  app.post('/revoke', async (c) => c.json({ revoked: control.revoke((await bodyOf(c, revokeRequest)).id) }));
  app.get('/settings', (c) => c.json(control.settings()));
  app.post('/settings', async (c) => c.json(control.changeSettings(await bodyOf(c, settingsRequest))));
  app.get('/state', (c) => c.json(control.counters()));

  app.notFound((c) =>
    refuse(new ControlError(404, `there is no ${c.req.method} ${c.req.path}; GET / lists the calls`)),
  );
  app.onError((error) => {
    if (error instanceof ControlError) return refuse(error);
    onError(error);
    return Response.json(
      { status: 'error', message: 'the sandbox failed; its log says how' },
      { status: 500 },
    );
  });
  return app;
}

function refuse({ status, message }: ControlError): Response {
  return Response.json({ status: 'error', message }, { status });
}

/** Refuses calls from web pages, even from a page whose own domain name resolves to 127.0.0.1 (DNS rebinding). */
function refuseStrangers(c: Context): void {
  const origin = c.req.header('origin');
  const names = [`http://${c.req.header('host') ?? ''}`, ...(origin === undefined ? [] : [origin])];
  if (!names.every(isLoopback))
    throw new ControlError(403, 'only this machine is answered: ask by 127.0.0.1 or localhost');
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function queryOf<Schema extends z.ZodType>(
  c: Context,
  name: string,
  schema: Schema,
): z.infer<Schema> | undefined {
  const value = c.req.query(name);
  return value === undefined ? undefined : parsed(schema, value, [name]);
}
