/** Every text of the page that lists what failed. */
export const FAILURE_TEXTS = {
  title: 'Failures',
  intro: 'Messages of all accounts that were not sent, the latest first, with the reason.',
  find: 'Find an account',
  findHint: 'Name, username or phone',
  none: 'Nothing has failed.',
  more: 'Show more',
  reload: 'Reload',
  export: 'Export as CSV',
  loading: 'Loading…',
  csv: ['time', 'account', 'to', 'text', 'reason', 'code', 'tries', 'job'],
} as const;
