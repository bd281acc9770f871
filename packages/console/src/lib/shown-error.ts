import { render, type Text } from '@gateway/texts';

/** An error of the console itself, with a sentence for the person. */
export class ShownError extends Error {
  readonly text: Text;

  constructor(text: Text) {
    super(render(text, 'en'));
    this.name = 'ShownError';
    this.text = text;
  }
}
