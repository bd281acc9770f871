import { GatewayError } from '@gateway/contracts';
import { SessionStoreError, type SessionStoreFailure } from '@gateway/sessions';
import { describe, expect, test } from 'vitest';
import { savingStep, toGatewayError } from './stored-account.ts';

const failed = (failure: SessionStoreFailure) =>
  new SessionStoreError(failure, 'alice', 'the lock /data/x is taken', new Error('why'));

describe('the public error for an error of the session store', () => {
  test.each<[SessionStoreFailure, string, number, string]>([
    ['unreadable', 'SESSION_UNREADABLE', 500, 'user_action'],
    ['storage', 'STORAGE_FULL', 507, 'user_action'],
    ['busy', 'STORAGE_UNAVAILABLE', 503, 'retryable'],
    ['io', 'STORAGE_UNAVAILABLE', 503, 'retryable'],
    ['fenced', 'WORKER_UNAVAILABLE', 503, 'unknown_outcome'],
  ])('%s: %s, without a path', (failure, code, status, kind) => {
    const error = toGatewayError(failed(failure));
    expect(error).toMatchObject({ code, status, kind });
    expect(error?.message).not.toContain('/data');
  });

  test.each<SessionStoreFailure>(['closed', 'invalid_user_id'])('%s: none', (failure) => {
    expect(toGatewayError(failed(failure))).toBeNull();
  });

  test.each<SessionStoreFailure>(['storage', 'busy', 'io'])(
    '%s, after a step that Telegram has completed: says the state of the step',
    async (failure) => {
      const saving = savingStep(Promise.reject(failed(failure)), 'The code was sent.');
      await expect(saving).rejects.toThrow(GatewayError);
      await expect(savingStep(Promise.reject(failed(failure)), 'The code was sent.')).rejects.toThrow(
        /accounts .*The code was sent\.$/,
      );
    },
  );

  test('any other error is passed on unchanged', async () => {
    await expect(savingStep(Promise.reject(failed('fenced')), 'x')).rejects.toMatchObject({
      failure: 'fenced',
    });
  });
});
