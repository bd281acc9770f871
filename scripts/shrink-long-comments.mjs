import { shrinkList } from './lib/comment-width.mjs';
import { say } from './lib/say.mjs';

/** Removes reworded comments from scripts/lib/long-comments.json. */
say(`${shrinkList()} comments are still over 120 columns.`);
