import { GatewayError } from '@gateway/contracts';
import { describe, expect, test } from 'vitest';
import { enqueued } from '../testing/a-send.ts';
import { useRealQueues } from '../testing/real-queues.ts';
import type { TestRequest } from '../testing/test-api.ts';
import { hold, READY } from '../testing/views.ts';
import { eachInLanguage } from './language.ts';

const SEND = '/telegram/user/send';
const MESSAGE = { user_id: 'user1', recipient_id: 'me', text: 'hello' };

const queues = useRealQueues();

/** Asks in Russian. */
async function inRussian(path: string, request: TestRequest = {}) {
  const headers = { 'Accept-Language': 'ru', ...request.headers };
  return queues.api().call(path, { ...request, headers });
}

describe('An error in Russian', () => {
  test('says that there is nothing at a path', async () => {
    const { status, headers, body } = await inRussian('/nowhere');
    expect({ status, body }).toMatchObject({
      status: 404,
      body: { status: 'error', code: 'NOT_FOUND', message: 'По этому пути ничего нет.', kind: 'permanent' },
    });
    expect([headers.get('content-language'), headers.get('vary')]).toEqual(['ru', 'Accept-Language']);
  });

  test('says that a body is no JSON', async () => {
    const { body } = await inRussian(SEND, { body: '{"user_id":' });
    expect(body).toMatchObject({ code: 'MALFORMED_JSON', message: 'Тело запроса — не JSON.' });
  });

  test('names each field, and what to send', async () => {
    const { body } = await inRussian(SEND, { body: { ...MESSAGE, text: '', silent: 1, colour: 'red' } });
    expect(body).toMatchObject({
      code: 'VALIDATION',
      message: 'text: не должно быть пустым',
      issues: [
        { path: 'text', message: 'не должно быть пустым' },
        { path: 'silent', message: 'нужно true или false' },
        { path: 'colour', message: 'такого поля в этом запросе нет' },
      ],
    });
  });

  test('says that an account is not signed in', async () => {
    const user_id = await queues.owner.newAccount({ ...READY, state: 'revoked', reason: null });
    const { status, body } = await inRussian(SEND, { body: { ...MESSAGE, user_id } });
    expect({ status, body }).toMatchObject({
      status: 401,
      body: { code: 'NOT_AUTHORIZED', message: 'Вход в этот аккаунт не выполнен.' },
    });
  });

  test('is in each refused item of a batch', async () => {
    const user_id = await queues.owner.newAccount(READY);
    const messages = [{ ...MESSAGE, user_id }, 5];
    const { body } = await inRussian('/telegram/user/send/batch', { body: { messages } });
    expect(body['jobs']).toEqual([
      { job_id: expect.any(String) },
      expect.objectContaining({ code: 'VALIDATION', message: 'message: нужен объект JSON' }),
    ]);
  });

  test('lets other requests run while a thousand are translated', async () => {
    let hasRun = false;
    setImmediate(() => (hasRun = true));
    const errors = Array.from({ length: 1_000 }, (_, index) => ({ message: `must be at most ${index}` }));
    const shown = await eachInLanguage(errors, 'ru');
    expect(shown[999]).toEqual({ message: 'не больше 999' });
    expect(hasRun).toBe(true);
  });

  test('leaves the words of Telegram and of callers as they are', async () => {
    const { jobId, fetch } = await enqueued(queues);
    const details = { rpcError: 'USER_IS_BLOCKED' };
    await (await fetch()).fail(new GatewayError('RECIPIENT_REFUSED', 'Not today', details));
    const { body } = await inRussian(`/jobs/${jobId}`);
    expect(body['error']).toMatchObject({ message: 'Not today', rpc_error: 'USER_IS_BLOCKED' });
  });
});

describe('A job that failed, of this version or an earlier one,', () => {
  const end = '2030-01-31T09:00:00.000Z';
  const error = new GatewayError(
    'FLOOD_WAIT',
    `Telegram asks for a wait until ${end}. That is longer than a message may wait (SEND_MAX_WAIT): send it again then.`,
    { retryAfter: 60 },
  );

  test('says why in the language of its reader', async () => {
    const { jobId, fetch } = await enqueued(queues);
    await (await fetch()).fail(error);
    const { call } = queues.api();
    const read = async (language: string) => {
      const { headers, body } = await call(`/jobs/${jobId}`, { headers: { 'Accept-Language': language } });
      return { language: headers.get('content-language'), error: body['error'] };
    };
    expect(await read('en')).toEqual({ language: 'en', error: error.toPublic() });
    expect(await read('ru')).toEqual({
      language: 'ru',
      error: {
        ...error.toPublic(),
        message: `Telegram просит подождать до ${end}. Это дольше, чем может ждать сообщение (SEND_MAX_WAIT): отправьте его после этого снова.`,
      },
    });
  });
});

test('A stream of a job says why it failed in the language of its reader', async () => {
  const { jobId, fetch } = await enqueued(queues);
  await (await fetch()).fail(new GatewayError('PEER_FLOOD'));
  const { request } = queues.api();
  const stream = await request(`/jobs/${jobId}/events`, { headers: { 'Accept-Language': 'ru' } });
  expect(await stream.text()).toContain('"message":"Telegram ограничил этот аккаунт');
  expect(stream.headers.get('content-language')).toBe('ru');
});

describe('An account', () => {
  test('says what to do in Russian', async () => {
    const userId = await queues.owner.newAccount({
      ...READY,
      reason: 'PAUSED',
      next_action: 'Resume the account.',
      hold: {
        ...hold('WORKER_OUTDATED', 60_000),
        message:
          'The next job needs a newer worker (send has version 3, this worker knows 2): update the workers.',
      },
    });
    const { headers, body } = await inRussian(`/telegram/user/status/${userId}`);
    expect(headers.get('content-language')).toBe('ru');
    expect(body).toMatchObject({
      state: 'ready',
      reason: 'PAUSED',
      next_action: 'Возобновите аккаунт.',
      held: {
        message:
          'Следующему заданию нужен воркер новее (send has version 3, this worker knows 2): обновите воркеры.',
      },
    });
  });
});

describe('The language', () => {
  test.each([
    [undefined, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['de', 'en'],
    ['ru', 'ru'],
    ['RU', 'ru'],
    ['ru-RU', 'ru'],
    ['ru-RU,ru;q=0.9,en-US;q=0.8', 'ru'],
    ['en-GB,ru;q=0.9', 'en'],
    ['en;q=0.5, ru;q=0.7', 'ru'],
    ['de, fr;q=0.9, ru;q=0.1', 'ru'],
    ['ru;q=0, de', 'en'],
    ['*, ru;q=0.5', 'en'],
    ['rus', 'en'],
    [';;,,q=1', 'en'],
  ])('of %j is %s', async (header, language) => {
    const { call } = queues.api();
    const { headers } = await call('/nowhere', {
      headers: header === undefined ? {} : { 'Accept-Language': header },
    });
    expect(headers.get('content-language')).toBe(language);
  });

  test('is one of two things that a response to a page depends on', async () => {
    const { call } = queues.api({ CORS_ORIGINS: ['https://app.example.com'] });
    const { headers } = await call('/telegram/nowhere', {
      headers: { Origin: 'https://app.example.com', 'Accept-Language': 'ru' },
    });
    expect(headers.get('vary')?.split(', ')).toEqual(expect.arrayContaining(['Origin', 'Accept-Language']));
    expect(headers.get('content-language')).toBe('ru');
  });
});
