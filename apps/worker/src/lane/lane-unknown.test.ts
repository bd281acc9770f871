import { GatewayError } from '@gateway/contracts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DATE, World } from '../testing/lane-world.ts';

describe('a message that may have been sent, if its job fails', () => {
  let world: World;
  beforeEach(async () => {
    vi.useFakeTimers({ now: Date.parse(DATE) });
    world = new World();
    world.account.refuse('a1', { outcome: 'unknown' }, 'TELEGRAM_TIMEOUT');
    expect(await world.add('a1').run()).toEqual(['send a1']);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('because its account is disconnected, has an unknown outcome', async () => {
    world.account.ended = new GatewayError('ACCOUNT_DISCONNECTED');
    expect(await world.run()).toContain('fail ACCOUNT_DISCONNECTED (unknown_outcome) a1');
  });

  test('because its account is signed out at the next attempt, has an unknown outcome', async () => {
    world.account.refuse('a1', { outcome: 'account', state: 'revoked' }, 'NOT_AUTHORIZED');
    expect(await world.pass(2_000)).toContain('fail NOT_AUTHORIZED (unknown_outcome) a1');
  });

  test('because a wait is too long, has an unknown outcome', async () => {
    world.account.refuse('a1', { outcome: 'wait', scope: 'chat', seconds: 1_000_000 }, 'FLOOD_WAIT');
    expect(await world.pass(2_000)).toContain('fail FLOOD_WAIT (unknown_outcome) a1');
  });

  test('because Telegram refuses it, was not sent', async () => {
    world.account.refuse('a1', { outcome: 'fail' }, 'RECIPIENT_REFUSED');
    expect(await world.pass(2_000)).toContain('fail RECIPIENT_REFUSED a1');
  });

  test('because of something that Telegram was not asked, has an unknown outcome', async () => {
    world.account.refuse('a1', { outcome: 'fail', asked: false }, 'UPLOAD_NOT_FOUND');
    expect(await world.pass(2_000)).toContain('fail UPLOAD_NOT_FOUND (unknown_outcome) a1');
  });
});
