/** Wrong use of the command line client, and what to do about an error there. */
export const CLI = {
  'the prompt is empty': 'вопрос пуст',
  '--after is for events of an account, not for a job': '--after — для событий аккаунта, не для задания',
  '--as needs --media <path>': 'для --as нужен --media <путь>',
  '--contact <phone> and --name <name> need each other':
    '--contact <телефон> и --name <имя> указываются вместе',
  '--dry-run needs --batch <file>; preview shows one text':
    'для --dry-run нужен --batch <файл>; один текст показывает preview',
  '--key, --file and --wait are for one message, not for --batch':
    '--key, --file и --wait — для одного сообщения, не для --batch',
  '--poll <question> and --option <text> need each other':
    '--poll <вопрос> и --option <текст> указываются вместе',
  '--qr replaces --phone and --code; the password is asked for after the scan':
    '--qr заменяет --phone и --code; пароль спрашивается после сканирования',
  '--size must be s, m or x': '--size: нужно s, m или x',
  'GATEWAY_API_KEY holds what no key does: look for a space, a quote or a line end in it.':
    'В GATEWAY_API_KEY есть то, чего в ключе не бывает: поищите пробел, кавычку или перевод строки.',
  'give --batch-id <name>: messages from standard input have no file name to go by':
    'укажите --batch-id <имя>: у сообщений из стандартного ввода нет имени файла',
  'give --everything or a filter, not both': 'укажите либо --everything, либо фильтр',
  'give --media or --batch, not both': 'укажите либо --media, либо --batch',
  'give a pace (off, careful, server, or rules as JSON), or --replies-only':
    'укажите темп отправки (off, careful, server или правила в JSON) или --replies-only',
  'give the text or --file, not both': 'укажите либо текст, либо --file',
  'no terminal to ask at: give --phone, then --code (and --password-stdin)':
    'спросить негде, терминала нет: укажите --phone, затем --code (и --password-stdin)',
  'no terminal to ask at: use --passphrase-stdin':
    'спросить негде, терминала нет: укажите --passphrase-stdin',
  'no terminal to ask at: use --yes to confirm that no other program uses the session':
    'спросить негде, терминала нет: подтвердите ключом --yes, что этой сессией не пользуется другая программа',
  'stop the other program first, then import': 'сначала остановите другую программу, затем импортируйте',
  'standard input can be read only once: give the session as a file':
    'стандартный ввод можно прочитать только один раз: дайте сессию файлом',
  'the text is missing: give it, --file <path>, or - for standard input':
    'нет текста: укажите его, --file <путь> или - для стандартного ввода',
  'the two passphrases differ': 'парольные фразы различаются',
  'the passphrase must be at least {min} characters': 'парольная фраза должна быть не короче {min} символов',
  'user_id and recipient are needed: telegram-gateway send <user_id> <recipient> [text | -]':
    'нужны user_id и получатель: telegram-gateway send <user_id> <получатель> [текст | -]',
  'user_id is missing: telegram-gateway login <user_id>': 'нет user_id: telegram-gateway login <user_id>',
  '{file} cannot be read: {error}': '{file} не читается: {error}',
  '{file} cannot be written: {error}': '{file} не записывается: {error}',
  'cannot read {file}: {error}': '{file} не читается: {error}',
  '{file} contains no message': 'в {file} нет ни одного сообщения',
  '{file} must be a .jsonl, .csv or .tsv file': '{file}: нужен файл .jsonl, .csv или .tsv',
  '{file}, line {line}: is not UTF-8 (it may be Windows-1251 or another old encoding): save the file as UTF-8':
    '{file}, строка {line}: это не UTF-8 (возможно, Windows-1251 или другая старая кодировка): сохраните файл в UTF-8',
  '{file}, line {line}: contains a NUL character, so it is not text in UTF-8: save the file as UTF-8':
    '{file}, строка {line}: здесь есть символ NUL, значит, это не текст в UTF-8: сохраните файл в UTF-8',
  '{file}, line {line}: is not UTF-8 (it may be ISO-2022-JP): save the file as UTF-8':
    '{file}, строка {line}: это не UTF-8 (возможно, ISO-2022-JP): сохраните файл в UTF-8',
  '{file}, line {line}: is broken UTF-16: save the file as UTF-8':
    '{file}, строка {line}: испорченный UTF-16: сохраните файл в UTF-8',
  '{option} must be the id of a message, not {given}': '{option}: нужен id сообщения, а не {given}',
  '{option} must be whole seconds, not {given}': '{option}: нужно целое число секунд, а не {given}',
  '{option} must be ms, not {given}': '{option}: нужно число миллисекунд, а не {given}',
  '{given} is no pace: it is off, careful, server, or rules as JSON':
    '{given} — не темп отправки: нужно off, careful, server или правила в JSON',
  '--replies-only must be whole hours (1 to 720), or off':
    '--replies-only: нужно целое число часов (от 1 до 720) или off',
  '--after must be the number of an event, not {given}': '--after: нужен номер события, а не {given}',
  '--as must be one of {values}': '--as: нужно одно из значений: {values}',
  '--lang must be en or ru, not {given}': '--lang: нужно en или ru, а не {given}',
  '--location must be <latitude,longitude>, such as 52.5,13.4, not {given}':
    '--location: нужно <широта,долгота>, например 52.5,13.4, а не {given}',
  '--parse-mode must be markdown, markdown_lenient, html or none, not {given}':
    '--parse-mode: нужно markdown, markdown_lenient, html или none, а не {given}',
  'Columns that are not fields are ignored: {columns}':
    'Столбцы, которые не являются полями, пропущены: {columns}',
  'GATEWAY_URL (or --url) must be an http:// or https:// address, not {given}':
    'GATEWAY_URL (или --url): нужен адрес http:// или https://, а не {given}',
  'line {line}: the text contains {character}: the file may have been converted wrongly':
    'строка {line}: в тексте есть {character}: возможно, файл неверно перекодирован',
  'line {line}: a quote is not closed': 'строка {line}: кавычка не закрыта',
  'line {line}: a quote inside a quoted cell: double it':
    'строка {line}: кавычка внутри ячейки в кавычках: удвойте её',
  'line {line}: a quote in an unquoted cell': 'строка {line}: кавычка в ячейке без кавычек',
  'line {line}: {field} is {given}: a spreadsheet has rounded it. Format the column as text, and enter it again':
    'строка {line}: {field} — {given}: таблица округлила число. Задайте столбцу текстовый формат и введите его снова',
  'line {line}: {field} must be a number, not {given}': 'строка {line}: {field}: нужно число, а не {given}',
  'line {line}: {field} must be true or false, not {given}':
    'строка {line}: {field}: нужно true или false, а не {given}',
  'line {line}: has {cells} cells, and the first line has {columns}: quote a cell that contains the separator':
    'строка {line}: ячеек {cells}, а в первой строке {columns}: заключите в кавычки ячейку с разделителем',
  'line {line}: has no column {columns}. The first line must name the columns: {known}':
    'строка {line}: нет столбца {columns}. Первая строка должна называть столбцы: {known}',
  'line {line}: is not a JSON object': 'строка {line}: это не объект JSON',
  'line {line}: is not a JSON object: write one object on each line, not an array':
    'строка {line}: это не объект JSON: пишите по объекту на строке, а не массив',
  'line {line}: the column {column} occurs twice': 'строка {line}: столбец {column} встречается дважды',
  'line {line}: user_id, recipient_id and text are needed (user_id may be given before --batch)':
    'строка {line}: нужны user_id, recipient_id и text (user_id можно указать перед --batch)',
  'recipient and {what} are needed, or --job <job_id>': 'нужны получатель и {what} либо --job <job_id>',
  'the session {problemWords}': 'сессия: {problemWords}',
  'too many arguments: {arguments}': 'лишние аргументы: {arguments}',
  'not delivered': 'не доставлено',
  'it is over 128 MiB: split it': 'больше 128 МиБ: разделите файл',
  'Interrupted.': 'Прервано.',
  'The job has not ended and continues. To wait: telegram-gateway jobs wait {job}':
    'Задание не закончилось и продолжается. Чтобы дождаться: telegram-gateway jobs wait {job}',
  'no answer from {address} in time.': 'нет ответа от {address} вовремя.',
  'cannot reach {address}: {error}.': 'не удаётся соединиться с {address}: {error}.',
  'Is the gateway running at {address}? Start it (npm start), or set GATEWAY_URL or --url.':
    'Работает ли шлюз по адресу {address}? Запустите его (npm start) или задайте GATEWAY_URL либо --url.',
  "HTTP {status}, and not from the gateway: is it a proxy's, or is baseUrl wrong?":
    'HTTP {status}, и ответ не от шлюза: это ответил прокси или адрес неверен?',
  'the answer is not JSON: does baseUrl lead to the gateway?': 'ответ — не JSON: ведёт ли адрес к шлюзу?',
  'the answer is not a stream of events: does baseUrl lead to the gateway?':
    'ответ — не поток событий: ведёт ли адрес к шлюзу?',
  'Telegram says {error}.': 'Ответ Telegram: {error}.',
  'Try again in {seconds} s.': 'Повторите через {seconds} с.',
  'It may have taken effect: check before you try again.':
    'Действие могло произойти: проверьте, прежде чем повторять.',
  'Job: {job}': 'Задание: {job}',
  'Request id: {id}': 'Номер запроса: {id}',
  'Set GATEWAY_API_KEY in the environment to one of the keys in the gateway’s API_KEYS.':
    'Задайте в переменной окружения GATEWAY_API_KEY один из ключей API_KEYS шлюза.',
  'Use a key (GATEWAY_API_KEY) with access to this account.':
    'Возьмите ключ (GATEWAY_API_KEY), которому разрешён этот аккаунт.',
  'Sign in first: telegram-gateway login <user_id>': 'Сначала войдите: telegram-gateway login <user_id>',
  'No action is needed; for another account: telegram-gateway logout <user_id>':
    'Делать ничего не нужно; для другого аккаунта: telegram-gateway logout <user_id>',
  'Start again: telegram-gateway login <user_id>': 'Начните заново: telegram-gateway login <user_id>',
  'Start again: telegram-gateway login {user} --qr': 'Начните заново: telegram-gateway login {user} --qr',
  'Ask @SpamBot in an official app; then: telegram-gateway resume <user_id>':
    'Спросите @SpamBot в официальном приложении; затем: telegram-gateway resume <user_id>',
  'Appeal in an official app; then: telegram-gateway resume <user_id>':
    'Подайте апелляцию в официальном приложении; затем: telegram-gateway resume <user_id>',
  'Another message was sent with this key: use a new one.':
    'С этим ключом отправлено другое сообщение: возьмите новый.',
  'Check that a worker runs; `npm start` runs API and worker.':
    'Проверьте, что воркер работает; `npm start` запускает API и воркер.',
  'Check that the gateway’s Redis runs; try again in a moment.':
    'Проверьте, что Redis шлюза работает; повторите чуть позже.',
  'Search the gateway’s log for the request id.': 'Найдите номер запроса в журнале шлюза.',
  'Check GATEWAY_URL, and proxies on the way to it.': 'Проверьте GATEWAY_URL и прокси на пути к нему.',
  'Check GATEWAY_URL: it leads to another server.': 'Проверьте GATEWAY_URL: он ведёт к другому серверу.',
  "error: missing required argument ''{name}''": "ошибка: не указан аргумент ''{name}''",
  "error: option ''{option}'' argument missing": "ошибка: у параметра ''{option}'' нет значения",
  "error: unknown option ''{option}''": "ошибка: неизвестный параметр ''{option}''",
  "error: unknown command ''{command}''": "ошибка: неизвестная команда ''{command}''",
  "error: too many arguments for ''{command}''. Expected {expected} argument but got {given}.":
    "ошибка: лишние аргументы у ''{command}'': нужен {expected}, а указано {given}.",
  "error: too many arguments for ''{command}''. Expected {expected} arguments but got {given}.":
    "ошибка: лишние аргументы у ''{command}'': нужно {expected}, а указано {given}.",
  "error: command-argument value ''{given}'' is invalid for argument ''{name}''. Allowed choices are {choices}.":
    "ошибка: {name} не может быть ''{given}''. Возможные значения: {choices}.",
  '(Did you mean {command}?)': '(Может быть, {command}?)',
  '(Did you mean one of {commands}?)': '(Может быть, одно из: {commands}?)',
} as const;
