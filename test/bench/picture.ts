import { isMet, shown, type Row } from './pair.ts';
import { median } from './samples.ts';

const WIDTH = 980;
const ROW = 30;
const LABELS = 390;
const VALUES = 150;
/** The target is in the middle of the bars' width, so a value of twice the target reaches the end. */
const SCALE = 2;

/**
 * Draws the results as SVG: each figure relative to its target, which is the line in the middle. Less is on the left:
 * better for a cost, worse for a rate.
 */
export function drawResults(rows: readonly Row[]): string {
  const drawn = rows.filter(({ bar }) => bar !== undefined);
  const height = ROW * (drawn.length + 2);
  const room = WIDTH - LABELS - VALUES;
  const middle = LABELS + room / SCALE;
  const body = drawn.map((row, index) => drawRow(row, ROW * (index + 1), room));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Benchmark results against what they should be">
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2937 }
  .met { fill: #15803d } .missed { fill: #b45309 } .room { fill: #e5e7eb } .aim { stroke: #111827; stroke-width: 2 }
  @media (prefers-color-scheme: dark) { text { fill: #e5e7eb } .room { fill: #374151 } .aim { stroke: #f9fafb } .met { fill: #4ade80 } .missed { fill: #fbbf24 } }
</style>
${body.join('\n')}
<line class="aim" x1="${middle}" y1="${ROW - 6}" x2="${middle}" y2="${ROW * (drawn.length + 1)}"/>
<text x="${middle}" y="${height - 12}" text-anchor="middle">as it should be (≥: right of it, ≤: left of it)</text>
</svg>
`;
}

function drawRow(row: Row, top: number, room: number): string {
  const { what, values, bar } = row;
  const part = Math.min(SCALE, median(values) / (bar?.value ?? 1)) / SCALE;
  const sign = bar?.at === 'least' ? '≥' : '≤';
  const label = `${what} ${sign} ${shown(row, bar?.value ?? 0)}`;
  return `<text x="${LABELS - 10}" y="${top + 15}" text-anchor="end">${label}</text>
<rect class="room" x="${LABELS}" y="${top + 2}" width="${room}" height="18" rx="3"/>
<rect class="${isMet(row) ? 'met' : 'missed'}" x="${LABELS}" y="${top + 2}" width="${(room * part).toFixed(1)}" height="18" rx="3"/>
<text x="${LABELS + room + 10}" y="${top + 15}">${shown(row, median(values))}${isMet(row) ? '' : ' (missed)'}</text>`;
}
