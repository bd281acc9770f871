import { formatText, type FormatOutcome, type Markup } from './format-text.ts';

/** The entry point of the thread that formats long texts. */
export default ({ text, markup }: { text: string; markup: Markup }): FormatOutcome =>
  formatText(text, markup);
