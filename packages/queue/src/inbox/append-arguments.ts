import type { EventDraft, GapReason } from '@gateway/contracts';
import { indexNamesOf } from './deleted-chats.ts';
import type { EventText } from './event-text.ts';
import type { NumbersNote } from './given-numbers.ts';
import { argumentsOf, type PrivateNews } from './private-news.ts';
import type { UpdateStateChange } from './update-state.ts';

/** Events of an account that are kept while memory is short. */
const KEPT_WHILE_SHORT = 100;

/** How many events of one account are kept, and how long. */
export interface EventLimits {
  max: number;
  maxBytes: number;
  retentionMs: number;
}

/** What one run of the script appends. */
export interface Appended {
  events: readonly EventDraft[];
  state?: UpdateStateChange;
  news?: PrivateNews;
  /** `null`: only old events are dropped. */
  seq: { start: number; limit: number; note?: NumbersNote } | null;
}

/** What the script must know of the account. */
interface AppendFacts {
  userId: string;
  fence: string;
  token: string;
  channel: string;
  limits: EventLimits;
  /** Whether Redis is short of memory. */
  isShort: boolean;
  /** Whether Redis had {@link given} since the connection was lost the last time. */
  isChecked: boolean;
  /** The greatest number that this owner knows to be given; `undefined`: unknown. */
  given: number | undefined;
  /** Whether a start of Redis loses nothing. Matters only unless {@link isChecked}. */
  keepsWrites: boolean;
}

/** The types of events that the script treats in a way of their own. */
const KINDS: Partial<Record<EventDraft['type'], string>> = {
  'message.new': 'new',
  'message.edited': 'edited',
  'message.deleted': 'deleted',
  'updates.gap': 'gap',
};

/** The ARGV of the script that appends: everything but the texts as JSON, and the texts. */
export function appendArguments(
  text: EventText,
  { events, state = { set: {} }, news, seq }: Appended,
  { userId, fence, token, channel, limits, isShort, isChecked, given, keepsWrites }: AppendFacts,
): string[] {
  const removed = state.remove ?? [];
  const set = Object.entries(state.set);
  const [newsSizes, newsArguments] = argumentsOf(news);
  const facts = [
    fence,
    token,
    userId,
    channel,
    limits.max,
    limits.maxBytes,
    limits.retentionMs,
    seq?.limit ?? '',
    seq?.start ?? '',
    isShort ? KEPT_WHILE_SHORT : '',
    // Writing an event takes time, so only those that may be needed are written.
    isShort ? text.write(userId, gapFor('memory')) : '',
    isChecked ? '' : text.write(userId, gapFor('store_lost')),
    given ?? '',
    removed.length,
    set.length,
    events.length,
    ...newsSizes,
    keepsWrites ? '+' : '',
    seq?.note?.given ?? '',
    ...removed,
    ...set.flat(),
    ...events.flatMap((event) => [kindOf(event), indexNamesOf(event), text.editOf(event)]),
    ...newsArguments,
  ];
  return [JSON.stringify(facts), ...events.map((event) => text.write(userId, event))];
}

/** A change of members that a service message told is new once, like the message. */
function kindOf(event: EventDraft): string {
  if (event.type === 'chat.member') return event.told_by === undefined ? '' : 'new';
  return KINDS[event.type] ?? '';
}

function gapFor(reason: GapReason): EventDraft {
  const occurred_at = new Date().toISOString();
  return { type: 'updates.gap', occurred_at, caught_up: false, chat: null, reason };
}
