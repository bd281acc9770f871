import * as z from 'zod';

/** Where it stands in the text, in UTF-16 units. */
const span = { offset: z.int().nonnegative(), length: z.int().positive() };

/**
 * A stretch of formatted text, by the Bot API's names, which its users know; Telegram's own are made from them where they are sent.
 * Entities of a text are in the order of their offsets, an outer one before those within it.
 */
export const entitySchema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'code']), ...span }),
  /** A block of code; `language` empty where none is given. */
  z.object({ type: z.literal('pre'), ...span, language: z.string() }),
  z.object({ type: z.literal('text_link'), ...span, url: z.string() }),
  /** `expandable`: shown folded. */
  z.object({ type: z.literal('blockquote'), ...span, expandable: z.boolean() }),
  /** A person without a username, by numeric id; Telegram shows it only where the account knows that person. */
  z.object({ type: z.literal('text_mention'), ...span, user_id: z.int().positive() }),
  z.object({ type: z.literal('custom_emoji'), ...span, custom_emoji_id: z.string().regex(/^\d{1,20}$/) }),
]);
export type Entity = z.infer<typeof entitySchema>;

/** A text as it is sent: no markup in it. */
export interface FormattedText {
  text: string;
  entities: readonly Entity[];
}
