import { render } from 'preact';
import { App } from './app.tsx';
import { applyTheme, readTheme } from './lib/browser/theme.ts';

applyTheme(readTheme());
const root = document.getElementById('app');
if (root !== null) {
  root.replaceChildren();
  render(<App />, root);
}
