/**
 * Texts that took minutes in earlier versions, so the time limit of a test catches their return: each a head, a part
 * that is repeated, and a tail. `npm run bench:slow-inputs` searches for others.
 */
export const ONCE_SLOW = [
  ['https://', ')', 'a'],
  ['*a* https://', ')', 'a'],
  ['` ', 'a', '`'],
  ['', 'x\n>y\n', ''],
  ['', '*a* ', ''],
  ['', '```\n```\n', ''],
  ['', '<code>x</code><b>y</b>', ''],
  ['', '- ', 'a'],
  ['', 'a\n=\n', ''],
  ['|a|b|\n|-|-|\n', '|x\n', ''],
] as const;
