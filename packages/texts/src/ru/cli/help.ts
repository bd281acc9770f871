/** The help of the command line client. */
export const HELP = {
  'with --poll: the answers to choose from': 'с --poll: варианты ответа',
  'send a poll, with each answer as an --option': 'отправить опрос; каждый вариант ответа — --option',
  'with --contact: the name': 'с --contact: имя',
  'send a contact: its phone number, and --name': 'отправить контакт: номер телефона и --name',
  'send a place': 'отправить место',
  'only messages that mention the account': 'только сообщения, где упомянут аккаунт',
  'only messages in, or only messages out': 'только входящие (in) или только исходящие (out)',
  'not these chats': 'кроме этих чатов',
  'only these chats, by id': 'только эти чаты, по id',
  'only chats of these types: private, bot, group, supergroup, channel':
    'только чаты этих типов: private, bot, group, supergroup, channel',
  'Idempotency-Key: sends with the same key are one message':
    'Idempotency-Key: отправки с одним ключом — одно сообщение',
  'do not wait: the answer is a job': 'не ждать: ответ — задание',
  'seconds to wait until the message is sent (at most 60)': 'сколько секунд ждать отправки (не больше 60)',
  'hold until this time, with time zone: 2030-01-31T09:00:00+03:00':
    'отправить не раньше этого времени, с часовым поясом: 2030-01-31T09:00:00+03:00',
  'without link previews': 'без предпросмотра ссылок',
  'show the account as typing first, at most 20000 ms':
    'сначала показать, что аккаунт печатает, не больше 20000 мс',
  'send to this topic of a forum: the id of its first message':
    'отправить в эту тему форума: id её первого сообщения',
  'reply to this message of the chat': 'ответить на это сообщение чата',
  "markdown, markdown_lenient (a model's text) or html": 'markdown, markdown_lenient (текст модели) или html',
  'read the text from a file; - as the text: from standard input':
    'взять текст из файла; - вместо текста: из стандартного ввода',
  'the messages of this send or forward, which may still be queued':
    'сообщения этой отправки или пересылки; она может ещё ждать в очереди',
  'what the file is: photo, video, document …; by default as its kind':
    'что это за файл: photo, video, document …; по умолчанию по его виду',
  'a file in place of its own; the text is its caption': 'файл вместо прежнего; текст — подпись к нему',
  'without a preview of links': 'без предпросмотра ссылок',
  'take the text from a file; - as the text: from standard input':
    'взять текст из файла; - вместо текста: из стандартного ввода',
  'give a message a new text, or a new file': 'дать сообщению новый текст или новый файл',
  'keep them for the others in the chat': 'оставить их у остальных в чате',
  'delete messages of a chat': 'удалить сообщения чата',
  'react to a message; no emoji removes the reaction':
    'поставить реакцию на сообщение; без эмодзи реакция снимается',
  'in a private chat: for the other side too': 'в личном чате: и у собеседника',
  'without a notification': 'без уведомления',
  'pin a message': 'закрепить сообщение',
  'unpin a message; all as the id: every message': 'открепить сообщение; all вместо id: все сообщения',
  'mark a chat as read, or up to a message': 'отметить чат прочитанным, весь или до сообщения',
  'what it sends to the bot, in place of row and column': 'что кнопка отправляет боту, вместо ряда и места',
  'its place in the row, from 0': 'место в ряду, от 0',
  'its row, from 0': 'ряд, от 0',
  "press a button of a bot's message": 'нажать кнопку в сообщении бота',
  'join a group or channel, by name or invite link':
    'вступить в группу или канал, по имени или ссылке-приглашению',
  'leave a group or channel': 'выйти из группы или канала',
  'how long, at most 20000': 'как долго, не больше 20000',
  'show the account as typing in a chat': 'показать в чате, что аккаунт печатает',
  'to this topic of a forum: the id of its first message': 'в эту тему форума: id её первого сообщения',
  'without the captions of media, and without their author': 'без подписей к файлам и без их автора',
  'as messages of the account': 'как сообщения самого аккаунта',
  'forward messages of a chat to another': 'переслать сообщения чата в другой чат',
  'language of prompts and messages: en or ru; otherwise that of the terminal':
    'язык вопросов и сообщений: en или ru; иначе — язык терминала',
  'Send Telegram messages as a user, through the gateway.':
    'Отправка сообщений Telegram от имени пользователя, через шлюз.',
  'address of the gateway; replaces GATEWAY_URL': 'адрес шлюза; вместо GATEWAY_URL',
  'JSON for scripts: one object per line': 'JSON для скриптов: по объекту на строке',
  'show a QR code to scan in the Telegram app, instead of phone and code':
    'показать QR-код, чтобы отсканировать его в приложении Telegram, вместо телефона и кода',
  'read the two-factor password from standard input':
    'прочитать пароль двухэтапной проверки из стандартного ввода',
  'the code that Telegram sent; without --phone it continues the sign-in in progress':
    'код, который прислал Telegram; без --phone продолжает начатый вход',
  'phone number, such as +79991234567': 'номер телефона, например +79991234567',
  'sign an account in: asks for phone, code and password':
    'войти в аккаунт: спрашивает телефон, код и пароль',
  'sign an account out at Telegram and forget it': 'выйти из аккаунта в Telegram и забыть его',
  "hold an account's sends in their order": 'придержать сообщения аккаунта, сохранив порядок',
  'resume an account after a pause, PEER_FLOOD or a freeze':
    'возобновить аккаунт после паузы, PEER_FLOOD или заморозки',
  'only to people who have written to it within so many hours; off: to anybody':
    'только тем, кто писал ему за столько часов; off: всем',
  'set how fast an account sends (off, careful, server, or rules as JSON), and to whom it may write':
    'задать темп отправки аккаунта (off, careful, server или правила в JSON) и кому он может писать',
  'give an account a proxy of its own: socks5://user:password@host:port, http://…, mtproxy://secret@host:port, none; - reads standard input':
    'дать аккаунту собственный прокси: socks5://user:password@host:port, http://…, mtproxy://secret@host:port, none; - читает стандартный ввод',
  'connect the account by a proxy of its own; none: as the gateway does':
    'подключить аккаунт через собственный прокси; none — как шлюз',
  "read a backup's passphrase from standard input": 'прочитать парольную фразу копии из стандартного ввода',
  'confirm that no other program uses the session':
    'подтвердить, что этой сессией не пользуется другая программа',
  'import a session of Telethon, GramJS, Pyrogram or mtcute (a string or a file), or a backup; - reads standard input':
    'импортировать сессию Telethon, GramJS, Pyrogram или mtcute (строку или файл) или резервную копию; - читает стандартный ввод',
  'read the passphrase from standard input': 'прочитать парольную фразу из стандартного ввода',
  'the session will be used elsewhere: the account stops here':
    'сессия будет использоваться в другом месте: здесь аккаунт останавливается',
  'file for the backup; otherwise it is printed': 'файл для копии; без него она печатается',
  "export a backup of an account's session, sealed with a passphrase":
    'выгрузить резервную копию сессии аккаунта, зашифрованную парольной фразой',
  'check with Telegram first': 'сначала спросить Telegram',
  'show the state of an account': 'показать состояние аккаунта',
  'send a message, or a file of messages': 'отправить сообщение или файл с сообщениями',
  'idempotency key: two calls with one key send one answer':
    'ключ идемпотентности: два вызова с одним ключом отправляют один ответ',
  'send it even if the model was cut off': 'отправить, даже если модель оборвала ответ',
  "send it from the gateway's bot": 'отправить от бота шлюза',
  'only show the answer': 'только показать ответ',
  'let the assistant answer, and send its answer': 'дать ответить ассистенту и отправить его ответ',
  'show the state of a job': 'показать состояние задания',
  'cancel a job that has not been sent': 'отменить задание, которое ещё не отправлено',
  'maximum seconds to wait': 'сколько секунд ждать, не больше',
  'wait until a job has ended': 'дождаться конца задания',
  'with --batch: only say what the gateway would accept': 'с --batch: только сказать, что примет шлюз',
  'name of the batch; the default is the file name': 'имя пакета; по умолчанию — имя файла',
  'send the messages of a .jsonl, .csv or .tsv file, with the fields of a send, or of standard input (-); UTF-8, or UTF-16 with a byte order mark':
    'отправить сообщения из файла .jsonl, .csv или .tsv с полями отправки либо из стандартного ввода (-); UTF-8 или UTF-16 с меткой порядка байтов',
  'with --reply-to: the quoted part of that message': 'с --reply-to: цитируемая часть того сообщения',
  'what to send the files as: photo, video, audio, document …; by default as their kind':
    'как отправить файлы: photo, video, audio, document …; по умолчанию по их виду',
  'send this file; the text is its caption; given several times, the files are an album':
    'отправить этот файл; текст — подпись к нему; если указать несколько раз, файлы станут альбомом',
  'what comes after another page': 'продолжение после другой страницы',
  'at most so many, 1 to 100': 'не больше стольких, от 1 до 100',
  "list the account's chats, the latest first": 'список чатов аккаунта, сначала последние',
  'only messages of this forum topic': 'только сообщения этой темы форума',
  'only messages with this text': 'только сообщения с этим текстом',
  'only messages after this one': 'только сообщения после этого',
  'list the messages of a chat, the newest first': 'список сообщений чата, сначала новые',
  'a thumbnail in place of the file: s, m or x (100, 320 or 800 pixels)':
    'миниатюра вместо файла: s, m или x (100, 320 или 800 точек)',
  'where to write it; - is standard output; otherwise under its own name':
    'куда записать; - — стандартный вывод; иначе под собственным именем',
  'download a file of a message, as messages --json names it':
    'скачать файл из сообщения, как его называет messages --json',
  "list the account's contacts": 'список контактов аккаунта',
  'show who a recipient is; asks Telegram': 'показать, кто это; спрашивает Telegram',
  'show who has these phone numbers, where Telegram tells':
    'показать, у кого эти номера телефонов, если Telegram говорит',
  'no filter any more': 'больше не фильтровать',
  'receive no more': 'больше не принимать',
  'receive messages: append what happens in the chats to the events':
    'принимать сообщения: записывать в события то, что происходит в чатах',
  'begin with the event after this one; by default with the next that arrives':
    'начать с события после этого; по умолчанию — со следующего',
  'print each change of a job until it ends, or each event of an account: incoming messages, edits …':
    'печатать каждое изменение задания, пока оно не закончится, или каждое событие аккаунта: входящие, изменения …',
  'have events posted to addresses': 'отправлять события на адреса',
  'show the webhooks, and how far each is': 'показать вебхуки и где находится каждый',
  'your own secret, in place of a new one': 'свой секрет вместо нового',
  'types of events; by default message.new': 'типы событий; по умолчанию message.new',
  'only events of these accounts': 'только события этих аккаунтов',
  'post events to this address; prints the secret that signs them':
    'отправлять события на этот адрес; печатает секрет, которым они подписаны',
  'show a webhook': 'показать вебхук',
  'post a test event': 'отправить пробное событие',
  'post nothing more; the events wait': 'больше не отправлять; события ждут',
  'go on with the event after the last that was taken': 'продолжить с события после последнего принятого',
  'delete a webhook': 'удалить вебхук',
  'pending, delivered or failed': 'pending, delivered или failed',
  "show what was posted to the callback addresses of an account's jobs":
    'показать, что отправлялось на обратные адреса заданий аккаунта',
  'post a delivery again': 'отправить доставку снова',
  'Usage:': 'Использование:',
  'Options:': 'Параметры:',
  'Commands:': 'Команды:',
  'Arguments:': 'Аргументы:',
  'display help for command': 'показать справку по команде',
  'output the version number': 'показать номер версии',
  'Environment: GATEWAY_URL (default http://127.0.0.1:3000), GATEWAY_API_KEY':
    'Переменные:  GATEWAY_URL (по умолчанию http://127.0.0.1:3000), GATEWAY_API_KEY',
  'Exit codes:  0 done, 1 refused by the gateway or Telegram, 2 bad usage, 3 gateway not reachable, 130 Ctrl-C':
    'Коды выхода: 0 выполнено, 1 отказ шлюза или Telegram, 2 ошибка в команде, 3 шлюз недоступен, 130 Ctrl-C',
  'list the accounts': 'список аккаунтов',
  'only accounts whose user_id, name, username or phone has this':
    'только аккаунты, у которых это есть в user_id, имени, username или телефоне',
  'only accounts in this state, such as ready': 'только аккаунты в этом состоянии, например ready',
  'only accounts that need a person': 'только аккаунты, которым нужен человек',
  'at most so many, 1 to 500': 'не больше стольких, от 1 до 500',
  'begin after this user_id, or where another page ended':
    'начать после этого user_id или там, где кончилась другая страница',
  'only accounts with messages that are not sent yet': 'только аккаунты с неотправленными сообщениями',
  'name, -name, state (trouble first) or queue (the longest first)':
    'name, -name, state (сначала проблемы) или queue (сначала самая длинная)',
  'list the failed messages of all accounts, the latest first':
    'список неотправленных сообщений всех аккаунтов, новые сверху',
  "list an account's messages: those in the queue, then those that have ended":
    'список сообщений аккаунта: сначала в очереди, затем законченные',
  'retry a failed job, under its own id': 'повторить задание с ошибкой под тем же id',
  'show the messages that a text goes out as': 'показать, какими сообщениями уйдёт текст',
  'keep it one message: refuse a text that is too long': 'не делить: отклонить слишком длинный текст',
  'list, show or retry jobs, wait for one, or cancel it':
    'список заданий; показать, повторить, дождаться или отменить',
  'Generate shell completion scripts': 'напечатать скрипт автодополнения для bash, zsh, fish или powershell',
  'Shell type for completion script': 'оболочка: bash, zsh, fish или powershell',
  'send silently': 'отправить без звука',
} as const;
