import type { Chat } from '../../state/model.ts';

/** The account that created a chat. */
export function creatorOf({ creator, members }: Chat): number {
  return creator ?? members[0] ?? 0;
}
