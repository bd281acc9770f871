import type { Token } from 'markdown-it';
import { withAddress } from './address-text.ts';

/** A token's attribute; `''` if it has none. */
export function attribute(token: Token, name: string): string {
  return String(token.attrGet(name) ?? '');
}

const BREAK = /^<br\s*\/?>$/i;

/** Whether it is an HTML line break, which models write in tables. */
export function isBreak({ type, content }: Token): boolean {
  return type === 'html_inline' && BREAK.test(content);
}

/** The plain text of inline tokens, for places without formatting. Addresses follow their texts. */
export function plainInline(tokens: readonly Token[]): string {
  let text = '';
  const links: { start: number; address: string }[] = [];
  for (const token of tokens) {
    if (token.type === 'softbreak' || token.type === 'hardbreak' || isBreak(token)) text += '\n';
    else if (token.type === 'image')
      text += withAddress(plainInline(token.children ?? []), attribute(token, 'src'));
    else if (token.type === 'link_open')
      links.push({ start: text.length, address: attribute(token, 'href') });
    else if (token.type === 'link_close') {
      const { start, address } = links.pop() ?? { start: 0, address: '' };
      text = text.slice(0, start) + withAddress(text.slice(start), address);
    } else text += token.content;
  }
  return text;
}
