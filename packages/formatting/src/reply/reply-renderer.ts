import type { Token } from 'markdown-it';
import type { TextBuilder } from '../text-builder.ts';
import { InlineRenderer } from './inline-renderer.ts';
import { attribute, plainInline } from './plain-inline.ts';
import { ReplyWriter } from './reply-writer.ts';
import { textTable, type Alignment } from './text-table.ts';

const TASK = /^\[([ xX])\](?=\s)/;
const HTML_BREAK = /<br\s*\/?>\n?/gi;

/** Renders parsed Markdown as text with entities. */
export class ReplyRenderer {
  readonly #tokens: readonly Token[];
  /** For each opening token, the index of its closing token. */
  readonly #ends: ReadonlyMap<number, number>;
  readonly #writer: ReplyWriter;
  readonly #inline: InlineRenderer;
  /** Telegram has no nested quotes, so an inner quote is plain text. */
  #isQuoted = false;

  constructor(tokens: readonly Token[], builder: TextBuilder) {
    this.#tokens = tokens;
    this.#ends = endsOf(tokens);
    this.#writer = new ReplyWriter(builder);
    this.#inline = new InlineRenderer(this.#writer);
  }

  render(): void {
    this.#blocks(0, this.#tokens.length, '\n\n');
  }

  #blocks(from: number, to: number, between: string): void {
    let index = from;
    while (index < to) {
      if (index > from) this.#writer.add(between);
      const end = this.#ends.get(index) ?? index;
      this.#block(index, end);
      index = end + 1;
    }
  }

  #block(from: number, end: number): void {
    const token = this.#tokens[from];
    if (token === undefined) return;
    switch (token.type) {
      case 'inline':
        return this.#inline.render(token.children ?? []);
      case 'heading_open':
        return this.#writer.formatted({ type: 'bold' }, () => this.#blocks(from + 1, end, ''));
      case 'fence':
        return this.#code(token.content, token.info.trim().split(/\s/, 1)[0] ?? '');
      case 'table_open':
        return this.#code(this.#table(from, end), '');
      case 'hr':
        return this.#writer.add('———');
      case 'html_block':
        return this.#writer.add(token.content.trimEnd().replaceAll(HTML_BREAK, '\n'));
      case 'blockquote_open':
        return this.#quote(() => this.#blocks(from + 1, end, '\n\n'));
      case 'bullet_list_open':
      case 'ordered_list_open':
        return this.#list(token, from, end);
      default:
        if (end > from) this.#blocks(from + 1, end, '\n');
        else this.#writer.add(token.content);
    }
  }

  #code(content: string, language: string): void {
    this.#writer.formatted({ type: 'pre', language }, () =>
      this.#writer.add(content.endsWith('\n') ? content.slice(0, -1) : content),
    );
  }

  #quote(write: () => void): void {
    if (this.#isQuoted) return write();
    this.#isQuoted = true;
    this.#writer.formatted({ type: 'blockquote', expandable: false }, write);
    this.#isQuoted = false;
  }

  #list(list: Token, from: number, end: number): void {
    let number = Number(list.attrGet('start') ?? 1);
    let index = from + 1;
    while (index < end) {
      if (index > from + 1) this.#writer.add('\n');
      const close = this.#ends.get(index) ?? index;
      const isOrdered = list.type === 'ordered_list_open';
      this.#item(index, close, isOrdered ? `${number}${list.markup} ` : '• ', isOrdered);
      number += 1;
      index = close + 1;
    }
  }

  #item(from: number, end: number, bullet: string, isOrdered: boolean): void {
    const task = this.#takeTask(from);
    const lead = task === null ? bullet : `${isOrdered ? bullet : ''}${task} `;
    this.#writer.add(lead);
    this.#writer.indented(lead.length, () => this.#blocks(from + 1, end, '\n'));
  }

  /** Removes the task checkbox from the item's text and returns it; `null` if the item is not a task. */
  #takeTask(item: number): string | null {
    const first = this.#tokens[item + 1]?.type === 'paragraph_open' ? this.#tokens[item + 2] : undefined;
    const text = first?.children?.[0];
    const [box = '', mark] = TASK.exec(text?.content ?? '') ?? [];
    if (text === undefined || mark === undefined) return null;
    text.content = text.content.slice(box.length).trimStart();
    return mark === ' ' ? '☐' : '☑';
  }

  #table(from: number, end: number): string {
    const rows: string[][] = [];
    const aligns: Alignment[] = [];
    for (let index = from; index < end; index += 1) {
      const token = this.#tokens[index];
      if (token?.type === 'tr_open') rows.push([]);
      else if (token?.type === 'th_open') aligns.push(alignmentOf(token));
      else if (token?.type === 'inline') rows.at(-1)?.push(plainInline(token.children ?? []));
    }
    return textTable(rows, aligns);
  }
}

function endsOf(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (const [index, { nesting }] of tokens.entries()) {
    if (nesting === 1) open.push(index);
    else if (nesting === -1) ends.set(open.pop() ?? index, index);
  }
  return ends;
}

function alignmentOf(cell: Token): Alignment {
  const style = attribute(cell, 'style');
  return style.endsWith('right') ? 'right' : style.endsWith('center') ? 'center' : 'left';
}
