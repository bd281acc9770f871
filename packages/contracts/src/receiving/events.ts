import * as z from 'zod';
import { accountStateSchema } from '../account.ts';
import {
  senderSchema,
  shownChatSchema,
  telegramMessageSchema,
  type ReadMessage,
} from '../reading/telegram-message.ts';
import { userIdSchema } from '../recipients/user-id.ts';

const time = z.iso.datetime();
const messageId = z.int();

/** One kind of reaction to a message, and how many people chose it. */
const reactionSchema = z.object({
  type: z.enum(['emoji', 'custom_emoji', 'paid']),
  emoji: z.string().nullable().describe('Of `emoji`'),
  custom_emoji_id: z.string().nullable().describe('Of `custom_emoji`'),
  count: z.int().nonnegative(),
  mine: z.boolean().describe('The account itself chose it'),
});
export type ShownReaction = z.infer<typeof reactionSchema>;

/** Why events are missing. */
const gapReasonSchema = z
  .enum(['off', 'store_lost', 'memory', 'events_gone', 'too_long', 'channel_too_long', 'not_accessible'])
  .describe(
    '`off`: receiving was off. `store_lost`: Redis may have lost events. `memory`: Redis was short of memory. `events_gone`: a webhook was behind the oldest kept event. `too_long`, `channel_too_long`, `not_accessible`: Telegram no longer has what was missed',
  );
export type GapReason = z.infer<typeof gapReasonSchema>;
export const GAP_REASONS: readonly GapReason[] = gapReasonSchema.options;

/** The types of events in an account's sequence. */
export const EVENT_TYPES = [
  'message.new',
  'message.edited',
  'message.deleted',
  'message.read',
  'message.read_inbox',
  'message.reaction',
  'chat.member',
  'account.state',
  'updates.gap',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** The fields that all events of a sequence have. */
const common = {
  event_id: z.string().describe('Names the event for good'),
  seq: z.int().nonnegative().describe("Its number in the account's sequence, which rises by one"),
  user_id: userIdSchema,
  occurred_at: time.describe("Telegram's time of the message or edit, else when it was received"),
  caught_up: z.boolean().describe('Fetched later: the account was not connected when it happened'),
};
export const eventFieldsSchema = z.object(common).meta({ id: 'EventFields' });
const chat = shownChatSchema;

/** An event of an account's sequence, as the API shows it. */
export const eventSchema = z
  .discriminatedUnion('type', [
    z
      .object({ ...common, type: z.literal('message.new'), message: telegramMessageSchema })
      .meta({ id: 'MessageNewEvent' }),
    z
      .object({ ...common, type: z.literal('message.edited'), message: telegramMessageSchema })
      .meta({ id: 'MessageEditedEvent' }),
    z
      .object({
        ...common,
        type: z.literal('message.deleted'),
        chat: chat
          .nullable()
          .describe('null where Telegram does not name it and none of these messages is kept'),
        message_ids: z.array(messageId),
      })
      .meta({ id: 'MessageDeletedEvent' }),
    z
      .object({
        ...common,
        type: z.literal('message.read'),
        chat,
        up_to: messageId.describe(
          'The other side has read up to this message; in groups, at least one member',
        ),
      })
      .meta({ id: 'MessageReadEvent' }),
    z
      .object({
        ...common,
        type: z.literal('message.read_inbox'),
        chat,
        up_to: messageId.describe('The account has read up to this message'),
      })
      .meta({ id: 'MessageReadInboxEvent' }),
    z
      .object({
        ...common,
        type: z.literal('message.reaction'),
        chat,
        message_id: messageId,
        reactions: z.array(reactionSchema),
      })
      .meta({ id: 'MessageReactionEvent' }),
    z
      .object({
        ...common,
        type: z.literal('chat.member'),
        chat,
        user: senderSchema,
        actor: senderSchema.nullable().describe('Who did it'),
        change: z.enum(['joined', 'left', 'added', 'removed', 'promoted']),
      })
      .meta({ id: 'ChatMemberEvent' }),
    z
      .object({
        ...common,
        type: z.literal('account.state'),
        state: accountStateSchema,
        previous: accountStateSchema,
        reason: z.string().nullable(),
        next_action: z.string().nullable().describe('What a person has to do'),
      })
      .meta({ id: 'AccountStateEvent' }),
    z
      .object({
        ...common,
        type: z.literal('updates.gap'),
        chat: chat.nullable().describe('null: the whole account'),
        reason: gapReasonSchema,
      })
      .meta({ id: 'UpdatesGapEvent' }),
  ])
  .meta({ id: 'Event' });
export type GatewayEvent = z.infer<typeof eventSchema>;

/** Somebody is typing. Only open streams get it: it has no number and is not stored. */
export const typingEventSchema = z
  .object({
    event_id: z.null(),
    seq: z.null(),
    type: z.literal('chat.typing'),
    user_id: userIdSchema,
    occurred_at: time,
    chat,
    sender: senderSchema.nullable(),
    action: z.string().describe('By the names of the Bot API, such as `typing`; `cancel` ends it'),
  })
  .meta({ id: 'TypingEvent' });
export type TypingEvent = z.infer<typeof typingEventSchema>;

/** An event as a stream shows it. */
export type StreamedEvent = GatewayEvent | TypingEvent;

/** An event without the fields that its place in the sequence gives, and without HTML, which follows from the text. */
type DraftOf<E> = E extends { message: unknown }
  ? Omit<E, 'event_id' | 'seq' | 'user_id' | 'message'> & { message: ReadMessage }
  : E extends unknown
    ? Omit<E, 'event_id' | 'seq' | 'user_id'>
    : never;

/** An event as the worker appends it. `told_by`: the service message, by which a repeat is known; it is not stored. */
export type EventDraft =
  | DraftOf<Exclude<GatewayEvent, { type: 'chat.member' }>>
  | (DraftOf<Extract<GatewayEvent, { type: 'chat.member' }>> & { told_by?: number });

/** An event that only open streams get, as the worker publishes it. */
export type LiveEvent = DraftOf<TypingEvent>;
