import type { StoredFile } from './media.ts';
import type { MessageEvent } from './message-events.ts';
import type {
  Account,
  Authorization,
  AuthorizationStatus,
  ButtonPress,
  Chat,
  LoginAttempt,
  LoginToken,
  StoredAuthKey,
} from './model.ts';
import type { ChosenPorts, Foundation } from './state.ts';

/** Every event that can change the state. Each event is one line of the journal. */
export type StateEvent =
  | { type: 'founded'; foundation: Foundation }
  | { type: 'ports_chosen'; ports: ChosenPorts }
  | { type: 'auth_key_stored'; key: StoredAuthKey }
  | { type: 'auth_key_dropped'; id: string }
  | { type: 'account_created'; account: Account }
  | { type: 'contacts_added'; accountId: number; contactIds: number[] }
  | { type: 'chat_created'; chat: Chat }
  | { type: 'chat_changed'; chat: Chat }
  /** Also written when the same code is sent by the next channel. Replaces the key's earlier attempt for the phone. */
  | { type: 'code_sent'; attempt: LoginAttempt }
  | { type: 'wrong_code'; hash: string }
  | { type: 'attempt_closed'; hash: string }
  | { type: 'signed_in'; authorization: Authorization }
  | { type: 'authorization_changed'; authKeyId: string; status: AuthorizationStatus }
  | { type: 'signed_out'; authKeyId: string }
  | MessageEvent
  | { type: 'file_stored'; file: StoredFile }
  | { type: 'references_expired'; fileId: string; times: number }
  | { type: 'fruitless_send'; randomId: string; times: number }
  | { type: 'button_pressed'; press: ButtonPress }
  | { type: 'login_token_issued'; token: LoginToken }
  | { type: 'login_token_accepted'; token: string; accountId: number }
  | { type: 'login_token_used'; token: string };
