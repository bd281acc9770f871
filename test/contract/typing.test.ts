import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996627041';
const BOB = '+9996627042';
const TYPING = '/telegram/user/chat/typing';
const METHOD = 'messages.setTyping';

describe('POST /telegram/user/chat/typing', () => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    stack = await Stack.start({ SEND_WAIT_MS: '15000', SEND_PACE: 'off' });
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
  });
  beforeEach(() => stack.control.clearFaults());
  afterAll(() => stack[Symbol.asyncDispose]());

  const type = (more: object = {}) =>
    stack.api.post(TYPING, { user_id: 'alice', recipient_id: BOB, ...more });
  const shown = async (to = bob) => (await stack.control.typing(to)).map(({ action }) => action);

  test('shows the account as typing at once, and creates no job', async () => {
    const answer = await type();
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: 'ok', shown: true });
    expect(await stack.control.typing(bob)).toMatchObject([{ from_id: alice, action: 'typing' }]);
    const lists = await stack.api.get('/telegram/accounts/alice/sends');
    expect(lists.body).toMatchObject({ pending: [], ended: [] });
  });

  test('shows other actions by the names of the Bot API', async () => {
    expect(await type({ action: 'upload_photo', ms: 1 })).toMatchObject({ body: { shown: true } });
    expect((await shown()).at(-1)).toBe('upload_photo');
  });

  test('repeats the action until its time is over, or until it is cancelled', async () => {
    const before = (await shown()).length;
    await type({ ms: 20_000 });
    await expect.poll(async () => (await shown()).length, { timeout: 15_000 }).toBe(before + 2);
    await type({ action: 'cancel' });
    expect((await shown()).at(-1)).toBe('cancel');
  });

  test('a flood wait on it holds it alone: `shown` is false, and sends go on', async () => {
    await stack.control.fault({ user_id: alice, method: METHOD, error: 'FLOOD_WAIT_3' });
    expect(await type()).toMatchObject({ status: 200, body: { shown: false } });
    const before = (await shown()).length;
    expect(await type()).toMatchObject({ status: 200, body: { shown: false } });
    expect((await shown()).length).toBe(before);
    const status = await stack.api.get('/telegram/user/status/alice');
    expect(status.body).toMatchObject({ state: 'ready', flood_wait_until: null });
    const note = { user_id: 'alice', recipient_id: BOB, text: 'meanwhile' };
    expect((await stack.api.post('/telegram/user/send', note)).status).toBe(200);
    await expect.poll(async () => (await type()).body.shown, { timeout: 10_000 }).toBe(true);
  });

  test('shows nothing where the account is held', async () => {
    await stack.api.post('/telegram/user/pause', { user_id: 'alice' });
    const before = (await shown()).length;
    expect(await type()).toMatchObject({ status: 200, body: { status: 'ok', shown: false } });
    expect((await shown()).length).toBe(before);
    await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
  });

  test('is 401 for an account that is not signed in, and 404 for a chat that is not found', async () => {
    expect(await type({ user_id: 'nobody' })).toMatchObject({
      status: 401,
      body: { code: 'NOT_AUTHORIZED' },
    });
    expect(await type({ recipient_id: '@nobody_has_it' })).toMatchObject({
      status: 404,
      body: { code: 'RECIPIENT_NOT_FOUND' },
    });
  });

  test.each([
    ['ms', { ms: 20_001 }],
    ['ms', { ms: 0 }],
    ['action', { action: 'dancing' }],
  ])('is 400 where %s is wrong: %#', async (path, wrong) => {
    expect(await type(wrong)).toMatchObject({ status: 400, body: { issues: [{ path }] } });
  });
});
