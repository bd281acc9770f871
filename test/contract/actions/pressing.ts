import { beforeAll, expect, test } from 'vitest';
import type { ApiAnswer } from '../../env/api-client.ts';
import type { Stack } from '../../env/stack.ts';
import { BOB, type AliceAndBob } from '../../env/use-stack.ts';

const METHOD = 'messages.getBotCallbackAnswer';

/** Buttons below messages of bots. */
export const pressing = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bot = 0;
  let silent = 0;
  beforeAll(async () => {
    ({ stack, alice } = product());
    const buttons = [['Yes', 'No'], [{ text: 'More', data: 'more' }]];
    bot = await stack.control.createAutoBot({ username: 'button_bot', buttons, answer: 'Thanks' });
    silent = await stack.control.createAutoBot({ username: 'mute_bot', buttons, silent: true });
  });

  const send = async (text: string, recipient_id: string): Promise<number> =>
    Number((await stack.api.send('alice', recipient_id, text)).body.message_id);

  /** @returns the id of a message with buttons. */
  const buttonsOf = async (name: string): Promise<number> => {
    await send('/start', name);
    const path = `/telegram/accounts/alice/chats/${encodeURIComponent(name)}/messages?limit=1`;
    return Number((await stack.api.get(path)).body.messages[0].message_id);
  };
  const press = (
    more: object,
    recipient_id = '@button_bot',
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer> =>
    stack.api.post('/telegram/user/message/press', { user_id: 'alice', recipient_id, ...more }, headers);
  const presses = async (id: number) =>
    (await stack.control.presses()).filter(({ message_id }) => message_id === id);

  test('answers with what the bot answers, by place or by data', async () => {
    const message_id = await buttonsOf('@button_bot');
    const answer = { text: 'Thanks', alert: false, url: null, message_id };
    expect(await press({ message_id, row: 0, column: 1 })).toMatchObject({ status: 200, body: answer });
    expect(await press({ message_id, data: 'more' }, String(bot))).toMatchObject({
      status: 200,
      body: answer,
    });
    expect((await presses(message_id)).map(({ data }) => data)).toEqual(['No', 'more']);
  });

  test('a button that is not there is 409 BUTTON_NOT_FOUND', async () => {
    const message_id = await buttonsOf('@button_bot');
    for (const where of [{ row: 0, column: 2 }, { row: 7, column: 0 }, { data: 'nothing' }])
      expect(await press({ message_id, ...where })).toMatchObject({
        status: 409,
        body: { code: 'BUTTON_NOT_FOUND' },
      });
    const plain = await send('no buttons', BOB);
    expect(await press({ message_id: plain, row: 0, column: 0 }, BOB)).toMatchObject({
      status: 409,
    });
    await stack.control.fault({ user_id: alice, method: METHOD, error: 'DATA_INVALID' });
    expect(await press({ message_id, data: 'more' })).toMatchObject({ body: { code: 'BUTTON_NOT_FOUND' } });
    expect(await presses(message_id)).toEqual([]);
  });

  test('a bot that does not answer is 504 BOT_NO_ANSWER', async () => {
    const message_id = await buttonsOf('@mute_bot');
    expect(await press({ message_id, data: 'more' }, String(silent))).toMatchObject({
      status: 504,
      body: { code: 'BOT_NO_ANSWER', rpc_error: 'BOT_RESPONSE_TIMEOUT' },
    });
    expect(await presses(message_id)).toHaveLength(1);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)('an answer that is lost %s it took effect is not asked for again', async (drop, times) => {
    const message_id = await buttonsOf('@button_bot');
    await stack.control.fault({ user_id: alice, method: METHOD, drop });
    const lost = await press({ message_id, data: 'more' });
    expect(lost).toMatchObject({
      status: 504,
      body: { code: 'TELEGRAM_TIMEOUT', kind: 'unknown_outcome', job_id: expect.any(String) },
    });
    expect(await stack.api.post(`/jobs/${lost.body.job_id}/retry`, undefined)).toMatchObject({
      status: 409,
    });
    expect(await presses(message_id)).toHaveLength(times);
  });

  test('a flood wait is waited for, and the button is pressed once', async () => {
    const message_id = await buttonsOf('@button_bot');
    await stack.control.fault({ user_id: alice, method: METHOD, error: 'FLOOD_WAIT_1' });
    expect(await press({ message_id, data: 'more' })).toMatchObject({ status: 200 });
    expect(await presses(message_id)).toHaveLength(1);
  });

  test('other chats go on while the bot thinks, and later jobs of its chat wait', async () => {
    const message_id = await buttonsOf('@button_bot');
    await stack.control.fault({ user_id: alice, method: METHOD, delay_ms: 3_000 });
    const ended: string[] = [];
    const note = (name: string) => (answer: ApiAnswer) => ended.push(`${name} ${answer.status}`);
    const pressed = press({ message_id, data: 'more' }).then(note('press'));
    await expect.poll(() => stack.control.faults()).toEqual([]);
    const behind = stack.api.send('alice', '@button_bot', 'behind').then(note('behind'));
    const others = [1, 2].map((each) =>
      stack.api.send('alice', BOB, `meanwhile ${each}`).then(note('other')),
    );
    await Promise.all([pressed, behind, ...others]);
    expect(ended).toEqual(['other 200', 'other 200', 'press 200', 'behind 200']);
  });

  test('is not repeated after kill -9 of the worker', async () => {
    const message_id = await buttonsOf('@button_bot');
    await stack.control.fault({ user_id: alice, method: METHOD, delay_ms: 60_000 });
    const { job_id } = (await press({ message_id, data: 'more' }, '@button_bot', { Prefer: 'respond-async' }))
      .body;
    await expect.poll(() => stack.control.faults()).toEqual([]);
    await stack.worker.end('SIGKILL');
    await stack.startWorker();
    expect((await stack.api.get(`/jobs/${job_id}?wait=30`)).body).toMatchObject({
      state: 'failed',
      error: { code: 'TELEGRAM_TIMEOUT', kind: 'unknown_outcome' },
    });
    expect((await presses(message_id)).length).toBeLessThanOrEqual(1);
    expect(await send('goes on', '@button_bot')).toBeGreaterThan(0);
  });

  test.each([
    {},
    { row: 1 },
    { column: 1 },
    { row: 1, column: 1, data: 'x' },
    { row: -1, column: 0 },
    { data: '' },
  ])('with %j is 400', async (fields) => {
    expect(await press({ message_id: 1, ...fields })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION' },
    });
  });
};
