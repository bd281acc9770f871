/** Texts of the command line client. */
export const CLI = {
  'Phone number of {user}': 'Номер телефона для {user}',
} as const;
