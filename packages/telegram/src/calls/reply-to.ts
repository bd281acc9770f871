import { Api } from 'telegram/tl/index.js';
import { topicOf } from '../shown/shown-message.ts';

/** The place of a message in its chat. */
export interface Place {
  /** The id of the message that it replies to. */
  replyTo?: number | undefined;
  /** The quoted part of that message. `offset`: UTF-16 units. */
  quote?: { text: string; offset?: number | undefined } | undefined;
  /** The topic of a forum: the id of its first message. */
  topicId?: number | undefined;
}

/** The topic "General" of every forum. Telegram takes its messages only without a topic. */
const GENERAL = 1;

/** The topic as a call names it. */
export function topMsgId(topicId: number | undefined): number | undefined {
  return topicId === GENERAL ? undefined : topicId;
}

export function inputReplyTo({ replyTo, quote, topicId }: Place): Api.InputReplyToMessage | undefined {
  const topic = topMsgId(topicId);
  // Without a message to reply to, a message of a topic refers to the topic's first one.
  const replyToMsgId = replyTo ?? topic;
  if (replyToMsgId === undefined) return undefined;
  return new Api.InputReplyToMessage({
    replyToMsgId,
    ...(topic !== undefined && { topMsgId: topic }),
    ...(quote !== undefined && { quoteText: quote.text }),
    ...(quote?.offset !== undefined && { quoteOffset: quote.offset }),
  });
}

/** Whether a message is in the topic, if there is one. */
export function isInTopic(message: Api.Message, topicId: number | undefined): boolean {
  return topicId === undefined || topicOf(message) === (topMsgId(topicId) ?? null);
}
