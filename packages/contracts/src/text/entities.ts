import * as z from 'zod';

/** Position in the text, in UTF-16 units. */
const span = { offset: z.int().nonnegative(), length: z.int().positive() };

/**
 * A stretch of formatted text, named as in the Bot API because users know those names; sending converts it to
 * Telegram's own entity. A text's entities are in the order of their offsets, an outer one before those within it.
 */
export const entitySchema = z
  .discriminatedUnion('type', [
    z
      .object({ type: z.enum(['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'code']), ...span })
      .meta({ id: 'StyleEntity' }),
    /** A block of code; `language` is empty if none is given. */
    z.object({ type: z.literal('pre'), ...span, language: z.string() }).meta({ id: 'PreEntity' }),
    z.object({ type: z.literal('text_link'), ...span, url: z.string() }).meta({ id: 'LinkEntity' }),
    /** `expandable`: shown collapsed. */
    z.object({ type: z.literal('blockquote'), ...span, expandable: z.boolean() }).meta({ id: 'QuoteEntity' }),
    /** A person without a username, by numeric id. Telegram shows it only if the account knows that person. */
    z
      .object({ type: z.literal('text_mention'), ...span, user_id: z.int().positive() })
      .meta({ id: 'MentionEntity' }),
    z
      .object({ type: z.literal('custom_emoji'), ...span, custom_emoji_id: z.string().regex(/^\d{1,20}$/) })
      .meta({ id: 'EmojiEntity' }),
  ])
  .meta({ id: 'Entity' });
export type Entity = z.infer<typeof entitySchema>;

/** A text as it is sent, without markup. */
export interface FormattedText {
  text: string;
  entities: readonly Entity[];
}
