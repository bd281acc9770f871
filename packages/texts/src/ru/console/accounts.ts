/** Texts of the list of accounts, and of the page of failures. */
export const ACCOUNTS = {
  Accounts: 'Аккаунты',
  Account: 'Аккаунт',
  'Add an account': 'Добавить аккаунт',
  'Find an account': 'Найти аккаунт',
  'Name, username or phone': 'Имя, @имя или телефон',
  Show: 'Показать',
  All: 'Все',
  'Needs a person': 'Требуют внимания',
  'With messages waiting': 'С очередью',
  State: 'Состояние',
  'Any state': 'Любое состояние',
  Sort: 'Сортировка',
  'By name': 'По имени',
  'By name, last first': 'По имени, с конца',
  'Trouble first': 'Сначала проблемы',
  'Longest queue first': 'Сначала длинная очередь',
  'No accounts match.': 'Подходящих аккаунтов нет.',
  '{count, plural, one {# account} other {# accounts}}':
    '{count, plural, one {# аккаунт} few {# аккаунта} many {# аккаунтов} other {# аккаунта}}',
  'First page': 'Первая страница',
  'Next {count}': 'Следующие {count}',
  Pace: 'Темп отправки',
  Queue: 'Очередь',
  empty: 'пусто',
  '{count, number} going out': 'отправляется {count, number}',
  '{count, number} waiting': 'в очереди {count, number}',
  '{count, number} held': 'отложено {count, number}',
  'Select {account}': 'Выбрать {account}',
  'Select all on this page': 'Выбрать все на этой странице',
  '{count, plural, one {# account} other {# accounts}} selected':
    'Выбрано: {count, plural, one {# аккаунт} few {# аккаунта} many {# аккаунтов} other {# аккаунта}}',
  'Select all {count, number}': 'Выбрать все: {count, number}',
  'Select none': 'Снять выбор',
  Pause: 'Приостановить',
  Resume: 'Возобновить',
  'Retry what failed': 'Повторить неотправленное',
  'Export as CSV': 'Экспорт в CSV',
  '{done, number} of {all, number}': '{done, number} из {all, number}',
  'Done: {count, plural, one {# account} other {# accounts}}.':
    'Готово: {count, plural, one {# аккаунт} few {# аккаунта} many {# аккаунтов} other {# аккаунта}}.',
  '{count, plural, one {# message} other {# messages}} will be sent again.':
    'Будет отправлено снова: {count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}}.',
  'and {count, plural, one {# other} other {# others}}':
    'и ещё {count, plural, one {# аккаунт} few {# аккаунта} many {# аккаунтов} other {# аккаунта}}',
  'Sign in your first account': 'Войдите в первый аккаунт',
  'The gateway sends messages as you, so it needs your Telegram account once: sign in with a code or a QR code.':
    'Шлюз отправляет сообщения от вашего имени, поэтому один раз войдите в свой аккаунт Telegram: по коду или по QR-коду.',
  'This is the sandbox: a phone number is suggested, and the code that "Telegram" sends is shown here.':
    'Это песочница: номер телефона подсказан, а код, который пришлёт «Telegram», показан прямо здесь.',
  'Sign in an account': 'Войти в аккаунт',

  Failures: 'Ошибки',
  'Messages of all accounts that were not sent, the latest first, with the reason.':
    'Неотправленные сообщения всех аккаунтов с причиной, новые сверху.',
  'Nothing has failed.': 'Ошибок нет.',
  '{count, plural, one {# failure} other {# failures}} read so far':
    'Прочитано: {count, plural, one {# ошибка} few {# ошибки} many {# ошибок} other {# ошибки}}',
  'The file has only the latest {count, number}.': 'В файле только последние {count, number}.',
} as const;
