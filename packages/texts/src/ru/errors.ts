/** Messages and actions of errors. */
export const ERRORS = {
  'There is nothing at this path.': 'По этому пути ничего нет.',
} as const;
