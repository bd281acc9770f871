import type { AccountStatus, StoredLogin, StoredPeers } from '../session-store.ts';

export const IVAN = {
  id: 987654321,
  first_name: 'Иван',
  last_name: null,
  username: 'ivan_ivanov',
  phone_number: '+79991234567',
};
export const OLGA = {
  id: 123456789,
  first_name: 'Ольга',
  last_name: 'Петрова',
  username: null,
  phone_number: null,
};
export const READY: AccountStatus = { state: 'ready', user: IVAN, reason: null, next_action: null };
export const PACE: AccountStatus['pace'] = { burst: 3, chat_interval: 2.5 };
export const REVOKED: AccountStatus = {
  state: 'revoked',
  user: IVAN,
  reason: 'SESSION_REVOKED',
  next_action: 'Sign in again.',
};

export const LOGIN: StoredLogin = {
  kind: 'code',
  session: 'half-made session',
  phoneNumber: '+79991234567',
  sent: {
    phone_code_hash: 'hash of the code',
    delivery: 'app',
    next_delivery: 'sms',
    code_length: 5,
    timeout: 60,
  },
  sentAt: 1_700_000_000_000,
  awaiting: 'code',
  hint: null,
};

export const QR_LOGIN: StoredLogin = {
  kind: 'qr',
  session: 'half-made session',
  awaiting: 'scan',
  hint: null,
};

export const PEERS: StoredPeers = {
  peers: [
    {
      kind: 'user',
      id: '9007199254740993',
      accessHash: '-9223372036854775808',
      username: 'olga',
      phone: '+79990000001',
      familiar: false,
    },
  ],
  missing: [['username nobody', 1_700_000_060_000]],
};
