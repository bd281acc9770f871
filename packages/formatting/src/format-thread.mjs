import { tsImport } from 'tsx/esm/api';

/** The task of a thread that formats long texts. Threads start without tsx, so it is called for here. */
const { formatText } = await tsImport('./format-text.ts', import.meta.url);

export default (
  /** @type {{ text: string, markup: import('./format-text.ts').Markup }} */ { text, markup },
) => formatText(text, markup);
