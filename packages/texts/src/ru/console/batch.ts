/** Texts of the page that sends the messages of a file. */
export const BATCH = {
  'Send from a file': 'Отправить из файла',
  'A CSV file with a message in each row, as spreadsheets save it. You see what would be sent first.':
    'Файл CSV, по сообщению в строке, как его сохраняет таблица. Сначала вы увидите, что будет отправлено.',
  'CSV file': 'Файл CSV',
  'Choose a file': 'Выбрать файл',
  'Download a template': 'Скачать шаблон',
  'The file has no rows below its first line.': 'Под первой строкой файла ничего нет.',
  'Line {line}: a quote is misplaced or not closed.': 'Строка {line}: кавычка не на месте или не закрыта.',
  Columns: 'Столбцы',
  'Column {name}': 'Столбец {name}',
  'One account for all': 'Один аккаунт для всех',
  'Check before sending': 'Проверка перед отправкой',
  '{count, plural, one {# message} other {# messages}} from {accounts, plural, one {# account} other {# accounts}}.':
    '{count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}} с {accounts, plural, one {# аккаунта} few {# аккаунтов} many {# аккаунтов} other {# аккаунта}}.',
  '{count, plural, one {# message repeats} other {# messages repeat}} an earlier one.':
    'Повторяют уже встреченное: {count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}}.',
  'The gateway checks the messages': 'Шлюз проверяет сообщения',
  'The gateway would accept {count, plural, one {# message} other {# messages}}.':
    'Шлюз примет {count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}}.',
  '{count, plural, one {# message was} other {# messages were}} accepted before, and will not be sent again.':
    'Уже {count, plural, one {принято # сообщение, снова оно не отправится} few {приняты # сообщения, снова они не отправятся} many {принято # сообщений, снова они не отправятся} other {принято # сообщения, снова они не отправятся}}.',
  'Long texts are split, so {count, plural, one {# message goes} other {# messages go}} out.':
    'Длинные тексты делятся: уйдёт {count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}}.',
  'Some would wait:': 'Некоторые будут ждать:',
  'The gateway would refuse {count, plural, one {# message} other {# messages}}:':
    'Шлюз не примет {count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}}:',
  'Check again': 'Проверить снова',
  'The first messages': 'Первые сообщения',
  Line: 'Строка',
  '{count, plural, one {# row is} other {# rows are}} left out:':
    'Не войдут: {count, plural, one {# строка} few {# строки} many {# строк} other {# строки}}:',
  'line {line}: {problem}': 'строка {line}: {problem}',
  'no account': 'нет аккаунта',
  'no recipient': 'нет получателя',
  'no text': 'нет текста',
  'a spreadsheet has rounded the recipient {recipient}: format the column as text':
    'таблица округлила получателя {recipient}: задайте столбцу текстовый формат',
  '{time} is not a time such as 2030-01-31T09:00': '{time} — не время вида 2030-01-31T09:00',
  'Send {count, plural, one {# message} other {# messages}}':
    'Отправить {count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}}',
  'Send {count, plural, one {# message} other {# messages}}?':
    'Отправить {count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}}?',
  'Do not send': 'Не отправлять',
  'Nothing has been sent yet.': 'Пока ничего не отправлено.',
  'Send the rest': 'Отправить остальные',
  'They join the queues of their accounts, and go out at the pace of each.':
    'Они встанут в очереди своих аккаунтов и уйдут в темпе каждого.',
  'In the queue: {count, plural, one {# message} other {# messages}}.':
    'В очереди: {count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}}.',
  'Refused: {count, plural, one {# message} other {# messages}}.':
    'Не принято: {count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}}.',
} as const;
