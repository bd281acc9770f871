import type {
  Account,
  Authorization,
  AuthorizationStatus,
  Chat,
  LoginAttempt,
  LoginToken,
  Message,
  StoredAuthKey,
} from './model.ts';
import type { ChosenPorts, Foundation } from './state.ts';

/** All that can happen to the state. One line of the journal each. */
export type StateEvent =
  | { type: 'founded'; foundation: Foundation }
  | { type: 'ports_chosen'; ports: ChosenPorts }
  | { type: 'auth_key_stored'; key: StoredAuthKey }
  | { type: 'auth_key_dropped'; id: string }
  | { type: 'account_created'; account: Account }
  | { type: 'contacts_added'; accountId: number; contactIds: number[] }
  | { type: 'chat_created'; chat: Chat }
  /** Also the next delivery of the same code. Takes the place of what the key asked for the phone before. */
  | { type: 'code_sent'; attempt: LoginAttempt }
  | { type: 'wrong_code'; hash: string }
  | { type: 'attempt_closed'; hash: string }
  | { type: 'signed_in'; authorization: Authorization }
  | { type: 'authorization_changed'; authKeyId: string; status: AuthorizationStatus }
  | { type: 'signed_out'; authKeyId: string }
  | { type: 'message_accepted'; message: Message }
  | { type: 'fruitless_send'; randomId: string; times: number }
  | { type: 'login_token_issued'; token: LoginToken }
  | { type: 'login_token_accepted'; token: string; accountId: number }
  | { type: 'login_token_used'; token: string };
