/** Sessions that are imported, and stored ones that cannot be read. */
export const SESSIONS = {
  'is needed: this is a backup': 'обязательное поле: это резервная копия',
  'does not open this backup, or the backup was changed':
    'не подходит к этой резервной копии, либо копия изменена',
  'has an unknown form': 'неизвестный формат',
  "is of Telegram's test servers, and this gateway uses the production ones":
    'сессия с тестовых серверов Telegram, а шлюз работает с основными',
  'is not an SQLite file': 'это не файл SQLite',
  'is a file of over 256 MiB, which is too large for a session':
    'файл больше 256 МиБ, для сессии это слишком много',
  'is an SQLite file that is cut off: copy the whole file': 'файл SQLite обрезан: скопируйте его целиком',
  'is an SQLite file that has no session: it has no table of Telethon, Pyrogram or mtcute. If the other program still runs, stop it first, so that it writes its file':
    'в этом файле SQLite нет сессии: в нём нет таблиц Telethon, Pyrogram или mtcute. Если другая программа ещё работает, сначала остановите её, чтобы она записала файл',
  'has several sessions: it must have one': 'здесь несколько сессий, а нужна одна',
  'has no auth key: nobody has signed in with it': 'нет ключа авторизации: с этой сессией никто не входил',
  'has an unknown form: it must be a string session of GramJS, Telethon, Pyrogram or mtcute, a .session file of Telethon, Pyrogram or mtcute in base64, or a backup':
    'неизвестный формат: нужна строка сессии GramJS, Telethon, Pyrogram или mtcute, файл .session Telethon, Pyrogram или mtcute в base64 либо резервная копия',
  'is an SQLite file that takes more time or memory to read than a session file can need':
    'чтение этого файла SQLite требует больше времени или памяти, чем может понадобиться файлу сессии',
  'is an SQLite file that is broken, cut off or encrypted': 'файл SQLite испорчен, обрезан или зашифрован',
  'is malformed: something is missing, changed or added. Copy all of it again':
    'данные искажены: чего-то не хватает, что-то изменено или добавлено. Скопируйте всё заново',
  'has no auth key (it is all zeros): nobody has signed in with it':
    'нет ключа авторизации (одни нули): с этой сессией никто не входил',
  'names a data centre that Telegram does not have': 'такого дата-центра у Telegram нет',
  "is a bot's. Only accounts of people can be imported; a bot signs in with TELEGRAM_BOT_TOKEN":
    'это сессия бота. Импортировать можно только аккаунты людей; бот входит с TELEGRAM_BOT_TOKEN',
  'The kept session cannot be read: sign in again.':
    'Сохранённую сессию не удаётся прочитать: войдите заново.',
  "is a bot's. Only accounts of people are imported; a bot signs in by TELEGRAM_BOT_TOKEN":
    'это сессия бота. Импортируются только аккаунты людей; бот входит с TELEGRAM_BOT_TOKEN',
  'names data centre {dc}; this gateway knows {known}': 'сессия дата-центра {dc}, а шлюз знает {known}',
  "has an auth key of {length} bytes: Telegram's have {expected}":
    'ключ авторизации в {length} байт, а у Telegram — {expected}',
  'The account {account} uses this session already.': 'Этой сессией уже пользуется аккаунт {account}.',
  'Operator: set SESSION_ENCRYPTION_KEY_PREVIOUS to the key that its session was sealed with, and restart the worker. Or sign in again. Queued messages wait until then.':
    'Администратору: задайте в SESSION_ENCRYPTION_KEY_PREVIOUS ключ, которым зашифрована сессия, и перезапустите воркер. Или войдите заново. До этого сообщения в очереди ждут.',
  "Operator: restore the file that the worker's log names from a backup, then resume it. Or sign in again. Queued messages wait until then.":
    'Администратору: восстановите из резервной копии файл, названный в журнале воркера, затем возобновите аккаунт. Или войдите заново. До этого сообщения в очереди ждут.',
  'Operator: {problemWords}': 'Администратору: {problemWords}',
} as const;
