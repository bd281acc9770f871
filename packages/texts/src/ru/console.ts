/** Texts of the web console. */
export const CONSOLE = {
  '{count, plural, one {# message waits} other {# messages wait}}':
    '{count, plural, one {ждёт # сообщение} few {ждут # сообщения} many {ждут # сообщений} other {ждут # сообщения}}',
} as const;
