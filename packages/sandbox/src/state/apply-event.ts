import { applyMessageEvent } from './apply-message-event.ts';
import type { StateEvent } from './events.ts';
import type { Authorization, LoginAttempt } from './model.ts';
import type { State } from './state.ts';

/** Applies an event to the state. Nothing else changes the state. */
export function applyEvent(state: State, event: StateEvent): void {
  switch (event.type) {
    case 'founded':
      state.foundation = event.foundation;
      return;
    case 'ports_chosen':
      state.ports = event.ports;
      return;
    case 'auth_key_stored':
      state.authKeys.set(event.key.id, event.key);
      return;
    case 'auth_key_dropped':
      state.authKeys.delete(event.id);
      return;
    case 'account_created': {
      const { account } = event;
      state.accounts.set(account.id, account);
      if (account.botToken === undefined) state.accountByPhone.set(account.phone, account);
      if (account.username !== undefined)
        state.accountByUsername.set(account.username.toLowerCase(), account);
      return;
    }
    case 'contacts_added': {
      const contacts = state.contacts.get(event.accountId) ?? new Set();
      for (const id of event.contactIds) contacts.add(id);
      state.contacts.set(event.accountId, contacts);
      return;
    }
    case 'chat_created':
    case 'chat_changed':
      state.chats.set(event.chat.peer, event.chat);
      return;
    case 'code_sent':
      sendCode(state, { ...event.attempt });
      return;
    case 'wrong_code': {
      const attempt = state.attempts.get(event.hash);
      if (attempt !== undefined) attempt.wrongCodes += 1;
      return;
    }
    case 'attempt_closed': {
      const attempt = state.attempts.get(event.hash);
      if (attempt !== undefined) attempt.closed = true;
      return;
    }
    case 'signed_in':
      signIn(state, { ...event.authorization });
      return;
    case 'authorization_changed': {
      const authorization = state.authorizations.get(event.authKeyId);
      if (authorization !== undefined) authorization.status = event.status;
      return;
    }
    case 'signed_out':
      signOut(state, event.authKeyId);
      return;
    case 'message_accepted':
    case 'message_edited':
    case 'messages_deleted':
    case 'message_reacted':
    case 'messages_pinned':
    case 'history_read':
      applyMessageEvent(state, event);
      return;
    case 'file_stored':
      state.files.set(event.file.id, event.file);
      return;
    case 'references_expired':
      state.expiredReferences.set(
        event.fileId,
        (state.expiredReferences.get(event.fileId) ?? 0) + event.times,
      );
      return;
    case 'fruitless_send':
      state.fruitlessSends.set(event.randomId, (state.fruitlessSends.get(event.randomId) ?? 0) + event.times);
      return;
    case 'button_pressed':
      state.presses.push(event.press);
      return;
    case 'login_token_issued':
      state.loginTokens.set(event.token.token, { ...event.token });
      return;
    case 'login_token_accepted': {
      const token = state.loginTokens.get(event.token);
      if (token !== undefined) token.acceptedBy = event.accountId;
      return;
    }
    case 'login_token_used':
      state.loginTokens.delete(event.token);
      return;
  }
}

function sendCode(state: State, attempt: LoginAttempt): void {
  for (const other of state.attempts.values()) {
    if (other.authKeyId === attempt.authKeyId && other.phone === attempt.phone) other.closed = true;
  }
  const before = state.lastAttempt.get(attempt.phone);
  // A closed attempt that is no longer the last one has no use any more.
  if (before?.closed === true) state.attempts.delete(before.hash);
  state.attempts.delete(attempt.hash);
  state.attempts.set(attempt.hash, attempt);
  state.lastAttempt.set(attempt.phone, attempt);
}

function signIn(state: State, authorization: Authorization): void {
  signOut(state, authorization.authKeyId);
  state.authorizations.set(authorization.authKeyId, authorization);
  const keys = state.authKeysOf.get(authorization.accountId) ?? new Set();
  keys.add(authorization.authKeyId);
  state.authKeysOf.set(authorization.accountId, keys);
}

function signOut(state: State, authKeyId: string): void {
  const authorization = state.authorizations.get(authKeyId);
  if (authorization === undefined) return;
  state.authorizations.delete(authKeyId);
  state.authKeysOf.get(authorization.accountId)?.delete(authKeyId);
}
