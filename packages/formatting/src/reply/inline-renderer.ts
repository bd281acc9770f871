import type { Token } from 'markdown-it';
import { isOneEmoji } from '../emoji.ts';
import { customEmoji, customEmojiIdOf, linkTo } from '../markdown/link-target.ts';
import type { Format } from '../text-builder.ts';
import { withAddress } from './address-text.ts';
import { attribute, isBreak, plainInline } from './plain-inline.ts';
import type { ReplyWriter } from './reply-writer.ts';

const FORMATS: Readonly<Record<string, Format>> = {
  strong_close: { type: 'bold' },
  em_close: { type: 'italic' },
  s_close: { type: 'strikethrough' },
};

/** Renders the inline tokens of a paragraph. */
export class InlineRenderer {
  readonly #writer: ReplyWriter;

  constructor(writer: ReplyWriter) {
    this.#writer = writer;
  }

  render(tokens: readonly Token[]): void {
    const open: { at: number; index: number; token: Token }[] = [];
    for (const [index, token] of tokens.entries()) {
      if (token.nesting === 1) open.push({ at: this.#writer.position, index, token });
      else if (token.nesting === -1) {
        const begin = open.pop();
        if (begin === undefined) continue;
        if (token.type === 'link_close')
          this.#endLink(begin.token, begin.at, tokens.slice(begin.index + 1, index));
        else if (FORMATS[token.type] !== undefined)
          this.#writer.formatSince(begin.at, FORMATS[token.type] ?? { type: 'bold' });
      } else
        this.#write(
          token,
          open.some(({ token: { type } }) => type === 'link_open'),
        );
    }
  }

  #write(token: Token, isInLink: boolean): void {
    if (token.type === 'softbreak' || token.type === 'hardbreak' || isBreak(token)) this.#writer.add('\n');
    else if (token.type === 'code_inline')
      this.#writer.formatted({ type: 'code' }, () => this.#writer.add(token.content));
    else if (token.type === 'image') this.#image(token, isInLink);
    else this.#writer.add(token.content);
  }

  #image(token: Token, isInLink: boolean): void {
    const address = attribute(token, 'src');
    const text = plainInline(token.children ?? []);
    const emojiId = customEmojiIdOf(address);
    const emoji = emojiId === undefined || !isOneEmoji(text) ? null : customEmoji(emojiId);
    const format = emoji ?? (isInLink ? null : linkTo(address));
    this.#writer.formatted(format, () =>
      this.#writer.add(format === null || text === '' ? withAddress(text, address) : text),
    );
  }

  #endLink(link: Token, at: number, content: readonly Token[]): void {
    const address = attribute(link, 'href');
    const text = plainInline(content);
    const format = linkTo(address);
    if (text.trim() === '') this.#writer.add(address);
    else if (format === null) this.#writer.add(withAddress(text, address).slice(text.length));
    if (format !== null) this.#writer.formatSince(at, format);
  }
}
