import type { MarkdownIt, StateBlock, Token } from 'markdown-it';

/** Keeps cells beyond the columns of a table's header. GitHub's rules drop them. */
export function keepExtraCells(markdown: MarkdownIt): void {
  const table = markdown.block.ruler.getRules('').find(({ name }) => name === 'table');
  if (table === undefined) throw new Error('markdown-it no longer has a rule for tables');
  markdown.block.ruler.at(
    'table',
    (state, startLine, endLine, silent) => {
      const before = state.tokens.length;
      const isTable = table(state, startLine, endLine, silent);
      if (isTable && !silent) {
        const tokens = state.tokens.splice(before);
        for (const token of withExtraCells(state, tokens)) state.tokens.push(token);
      }
      return isTable;
    },
    { alt: ['paragraph', 'reference'] },
  );
}

function withExtraCells(state: StateBlock, tokens: readonly Token[]): Token[] {
  const result: Token[] = [];
  let cells = 0;
  let line = 0;
  for (const token of tokens) {
    if (token.type === 'tr_open') {
      cells = 0;
      line = token.map?.[0] ?? line;
    } else if (token.type === 'th_open' || token.type === 'td_open') cells += 1;
    else if (token.type === 'tr_close') {
      for (const content of cellsOf(lineOf(state, line)).slice(cells))
        addCell(state, content, token.level, result);
    }
    result.push(token);
  }
  return result;
}

function addCell(state: StateBlock, content: string, rowLevel: number, to: Token[]): void {
  const open = new state.Token('td_open', 'td', 1);
  const inline = new state.Token('inline', '', 0);
  const close = new state.Token('td_close', 'td', -1);
  open.level = close.level = rowLevel + 1;
  inline.level = rowLevel + 2;
  inline.content = content.trim();
  inline.children = [];
  to.push(open, inline, close);
}

function lineOf({ src, bMarks, tShift, eMarks }: StateBlock, line: number): string {
  return src.slice((bMarks[line] ?? 0) + (tShift[line] ?? 0), eMarks[line]).trim();
}

/** Splits a row into cells at `|`. The first and the last `|` are optional; `\|` is a character. */
function cellsOf(row: string): string[] {
  const cells: string[] = [];
  let start = 0;
  for (let at = 0; at < row.length; at += 1) {
    if (row.charAt(at) === '\\') at += 1;
    else if (row.charAt(at) === '|') {
      cells.push(row.slice(start, at));
      start = at + 1;
    }
  }
  cells.push(row.slice(start));
  if (cells[0] === '') cells.shift();
  if (cells.at(-1) === '') cells.pop();
  return cells.map((cell) => cell.replaceAll('\\|', '|'));
}
