import type { FormattedText } from '@gateway/contracts';
import type { Nodes, PhrasingContent, Root, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';
import { linkTo } from './link-target.ts';
import { TextBuilder, type Format } from './text-builder.ts';
import { tidy } from './tidy.ts';

/** Blocks and spans within one another at most; what is deeper is shown as it was written. */
const MAX_DEPTH = 40;

/** Characters that markup begins with, at most: reading it takes time that grows with their square. */
const MAX_MARKS = 5_000;

/**
 * Formats what a language model wrote: CommonMark with GitHub's tables and strike-through. Never throws: what has no like at Telegram
 * becomes plain text that reads well (headings are bold, lists have bullets, tables are aligned in a block of code), and what cannot be
 * read as Markdown stays as it was written.
 */
export function formatReply(markdown: string): FormattedText {
  try {
    return tidy(isHarmless(markdown) ? render(markdown) : { text: markdown, entities: [] });
  } catch {
    // Nested so deeply that the parser gives up: nothing that a person would read.
    return tidy({ text: markdown, entities: [] });
  }
}

function isHarmless(markdown: string): boolean {
  return (markdown.match(/[*_~`[\]<|&\\]/g)?.length ?? 0) <= MAX_MARKS;
}

function render(markdown: string): FormattedText {
  const root = fromMarkdown(markdown, {
    extensions: [
      gfmStrikethrough({ singleTilde: false }),
      gfmTable(),
      // Indented text is rarely meant as code, and a model's `[1]` is rarely a reference.
      { disable: { null: ['codeIndented', 'definition'] } },
    ],
    mdastExtensions: [gfmStrikethroughFromMarkdown(), gfmTableFromMarkdown()],
  });
  const builder = new TextBuilder();
  new Renderer(markdown, builder).blocks(root.children, '\n\n', 0);
  return builder.build();
}

class Renderer {
  readonly #source: string;
  readonly #builder: TextBuilder;
  /** A quote within a quote is no quote of its own at Telegram. */
  #quoted = false;

  constructor(source: string, builder: TextBuilder) {
    this.#source = source;
    this.#builder = builder;
  }

  blocks(nodes: Root['children'], between: string, depth: number): void {
    for (const [index, node] of nodes.entries()) {
      if (index > 0) this.#builder.add(between);
      this.#block(node, depth);
    }
  }

  #block(node: Root['children'][number], depth: number): void {
    if (depth > MAX_DEPTH) return this.#asWritten(node);
    switch (node.type) {
      case 'paragraph':
        return this.#inline(node.children, depth);
      case 'heading':
        return this.#formatted({ type: 'bold' }, () => this.#inline(node.children, depth));
      case 'code':
        return this.#formatted({ type: 'pre', language: node.lang ?? '' }, () =>
          this.#builder.add(node.value),
        );
      case 'table':
        return this.#formatted({ type: 'pre', language: '' }, () => this.#builder.add(this.#table(node)));
      case 'thematicBreak':
        return this.#builder.add('———');
      case 'blockquote':
        return this.#quote(() => this.blocks(node.children, '\n\n', depth + 1));
      case 'list':
        return node.children.forEach((item, index) => {
          if (index > 0) this.#builder.add('\n');
          const number = node.ordered === true ? `${(node.start ?? 1) + index}. ` : '• ';
          this.#item(item.children, number, depth);
        });
      default:
        return this.#asWritten(node);
    }
  }

  #item(children: Root['children'], bullet: string, depth: number): void {
    const inner = new TextBuilder();
    const renderer = new Renderer(this.#source, inner);
    renderer.#quoted = this.#quoted;
    renderer.blocks(children, '\n', depth + 1);
    const { text, entities } = inner.build();
    const task = /^\[([ xX])\] /.exec(text);
    const lead = task === null ? bullet : task[1] === ' ' ? '☐ ' : '☑ ';
    const dropped = task?.[0].length ?? 0;
    const indent = ' '.repeat(lead.length);
    const shown = text.slice(dropped);
    // Lines behind the first stand under its text: each moves what follows by the width of the bullet.
    const shift = (at: number) =>
      lead.length + at + indent.length * (shown.slice(0, at).split('\n').length - 1);
    const base = this.#builder.length;
    this.#builder.add(lead + shown.replaceAll('\n', `\n${indent}`));
    for (const { offset, length, ...format } of entities) {
      const from = Math.max(0, offset - dropped);
      const to = Math.max(0, offset + length - dropped);
      this.#builder.formatSpan(base + shift(from), base + shift(to), format);
    }
  }

  #inline(nodes: readonly PhrasingContent[], depth: number): void {
    for (const node of nodes) this.#span(node, depth + 1);
  }

  #span(node: PhrasingContent, depth: number): void {
    if (depth > MAX_DEPTH) return this.#asWritten(node);
    switch (node.type) {
      case 'text':
        return this.#builder.add(node.value);
      case 'break':
        return this.#builder.add('\n');
      case 'strong':
        return this.#formatted({ type: 'bold' }, () => this.#inline(node.children, depth));
      case 'emphasis':
        return this.#formatted({ type: 'italic' }, () => this.#inline(node.children, depth));
      case 'delete':
        return this.#formatted({ type: 'strikethrough' }, () => this.#inline(node.children, depth));
      case 'inlineCode':
        return this.#formatted({ type: 'code' }, () => this.#builder.add(node.value));
      case 'link':
        return this.#formatted(linkTo(node.url), () => this.#inline(node.children, depth));
      case 'image':
        return this.#formatted(linkTo(node.url), () => this.#builder.add(node.alt || node.url));
      default:
        return this.#asWritten(node);
    }
  }

  #formatted(format: Format | null, add: () => void): void {
    const start = this.#builder.length;
    add();
    if (format !== null) this.#builder.format(start, format);
  }

  #quote(add: () => void): void {
    if (this.#quoted) return add();
    this.#quoted = true;
    this.#formatted({ type: 'blockquote', expandable: false }, add);
    this.#quoted = false;
  }

  #asWritten(node: Nodes): void {
    const { start, end } = node.position ?? {};
    this.#builder.add(this.#source.slice(start?.offset ?? 0, end?.offset ?? 0));
  }

  /** Columns aligned by spaces, a line under the head. */
  #table({ children, align }: Table): string {
    const rows = children.map((row) => row.children.map((cell) => this.#plain(cell.children)));
    const widths = (rows[0] ?? []).map((_, column) =>
      Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
    );
    const lines = rows.map((row) =>
      widths
        .map((width, column) => padded(row[column] ?? '', width, align?.[column] ?? 'left'))
        .join(' │ ')
        .trimEnd(),
    );
    const [head = '', ...body] = lines;
    return [head, widths.map((width) => '─'.repeat(width)).join('─┼─'), ...body].join('\n');
  }

  #plain(nodes: readonly PhrasingContent[]): string {
    const inner = new TextBuilder();
    new Renderer(this.#source, inner).#inline(nodes, 0);
    return inner.build().text.replaceAll('\n', ' ');
  }
}

const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function widthOf(text: string): number {
  return Array.from(CHARACTERS.segment(text)).length;
}

function padded(text: string, width: number, align: string): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? space + text : text + space;
}
