import type { Message } from '../../state/model.ts';
import { randomIdKey } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { objectList } from '../fields.ts';

/** Methods whose random ids make messages. */
const SENDING_METHODS: ReadonlySet<string> = new Set([
  'messages.sendMessage',
  'messages.sendMedia',
  'messages.sendMultiMedia',
  'messages.forwardMessages',
]);

/** The random ids of a call that sends; empty for other calls. */
export function randomIdsOf(query: TlObject): bigint[] {
  if (!SENDING_METHODS.has(query._)) return [];
  const { random_id: own } = query;
  const items = query._ === 'messages.sendMultiMedia' ? objectList(query, 'multi_media') : [];
  return [own, ...items.map((item) => item['random_id'])].flat().filter((value) => typeof value === 'bigint');
}

/** The message that an account has sent with a random id. */
export function messageByRandomId(
  { state }: Store,
  accountId: number,
  randomId: bigint,
): Message | undefined {
  return state.messageByRandomId.get(randomIdKey(accountId, String(randomId)));
}
