import type { StateEvent } from './events.ts';
import type { State } from './state.ts';

/**
 * The events that rebuild a state, without those that have no effect any more: used codes, expired tokens, deleted keys
 * and signed-out sign-ins.
 *
 * @param now Unix milliseconds.
 */
export function* compactEvents(state: State, now: number): Generator<StateEvent> {
  if (state.foundation !== undefined) yield { type: 'founded', foundation: state.foundation };
  if (state.ports !== undefined) yield { type: 'ports_chosen', ports: state.ports };
  for (const key of state.authKeys.values()) yield { type: 'auth_key_stored', key };
  for (const account of state.accounts.values()) yield { type: 'account_created', account };
  for (const [accountId, ids] of state.contacts)
    yield { type: 'contacts_added', accountId, contactIds: [...ids] };
  for (const chat of state.chats.values()) yield { type: 'chat_created', chat };
  for (const attempt of state.attempts.values()) {
    if (!attempt.closed || state.lastAttempt.get(attempt.phone) === attempt)
      yield { type: 'code_sent', attempt };
  }
  for (const authorization of state.authorizations.values()) yield { type: 'signed_in', authorization };
  for (const file of state.files.values()) yield { type: 'file_stored', file };
  for (const [fileId, times] of state.expiredReferences) yield { type: 'references_expired', fileId, times };
  yield* state.messageEvents;
  for (const [randomId, times] of state.fruitlessSends) yield { type: 'fruitless_send', randomId, times };
  for (const press of state.presses) yield { type: 'button_pressed', press };
  for (const token of state.loginTokens.values()) {
    if (token.expiresAt > now) yield { type: 'login_token_issued', token };
  }
}
