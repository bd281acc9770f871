import type { AccountView, Hold, HoldReason } from '@gateway/contracts';

export const ALICE = {
  id: 1,
  first_name: 'Алиса',
  last_name: null,
  username: 'alice',
  phone_number: '+79991234567',
};

export const READY: AccountView = {
  state: 'ready',
  user: ALICE,
  reason: null,
  next_action: null,
  hold: null,
};

export function hold(reason: HoldReason, inMs: number): Hold {
  return { reason, until: Date.now() + inMs };
}
