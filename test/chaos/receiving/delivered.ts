import type { SandboxMessage } from '../../env/sandbox-control.ts';

/** A message as one account has it at the sandbox. */
export interface DeliveredMessage {
  /** The chat's id, in the form of events. */
  chat: string;
  /** In the account's numbering. */
  id: number;
  text: string;
  direction: 'in' | 'out';
  isDeleted: boolean;
}

/**
 * What the sandbox has delivered to each account, in the order of acceptance.
 * @param membersOf the members of supergroups and channels, by their id.
 */
export function deliveredTo(
  accountIds: readonly number[],
  messages: readonly SandboxMessage[],
  membersOf: ReadonlyMap<number, readonly number[]>,
): Map<number, DeliveredMessage[]> {
  const delivered = new Map<number, DeliveredMessage[]>(accountIds.map((id) => [id, []]));
  for (const message of messages) {
    const { id, ids, from_id: from, to_id: to, text } = message;
    const members = membersOf.get(to) ?? [];
    const copies: (readonly [number | string, number])[] =
      ids === undefined ? members.map((member) => [member, id] as const) : Object.entries(ids);
    for (const [owner, ownId] of copies) {
      const account = Number(owner);
      const isOut = account === from;
      const other = isOut ? to : from;
      delivered.get(account)?.push({
        chat: String(to < 0 ? to : other),
        id: ownId,
        text,
        direction: isOut ? 'out' : 'in',
        isDeleted: message.deleted === true || message.deleted_for?.includes(account) === true,
      });
    }
  }
  return delivered;
}

/** Whether a chat is a supergroup or channel: its messages have numbers of its own. */
export function isChannel(chat: string): boolean {
  return chat.startsWith('-100') && chat.length > 12;
}
