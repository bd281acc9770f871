/** Texts of the page of one account. */
export const ACCOUNT = {
  'The data below may be out of date.': 'Данные ниже могли устареть.',
  'A sign-in is in progress.': 'Идёт вход в аккаунт.',
  'The stored session cannot be read.': 'Сохранённая сессия не читается.',
  'This account is not signed in.': 'Вход в этот аккаунт не выполнен.',
  'Sign it in': 'Войти',
  Chats: 'Чаты',
  'Disconnect…': 'Отключить…',
  'Disconnect {account}?': 'Отключить {account}?',
  'Log out {account}': 'Выйти из {account}',
  'The gateway logs out at Telegram and forgets the account. To send from it again you have to sign it in again.':
    'Шлюз завершит сессию в Telegram и забудет аккаунт. Чтобы снова отправлять с него, придётся войти заново.',
  '{count, plural, one {# message that waits} other {# messages that wait}} will not be sent.':
    'Не будет отправлено: {count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}} из очереди.',

  Now: 'Сейчас',
  'Held or scheduled': 'Отложено',
  'Chats on hold': 'Чатов на паузе',
  'Writes only to people who wrote in the last': 'Пишет только тем, кто писал за последние',
  '{count, plural, one {# hour} other {# hours}}':
    '{count, plural, one {# час} few {# часа} many {# часов} other {# часа}}',
  'New chats left today': 'Новых чатов осталось на сегодня',
  off: 'без ограничений',
  'Messages that can be sent at once': 'Сколько сообщений можно отправить сразу',
  '{count} of {all}': '{count} из {all}',

  'Change the pace': 'Изменить темп отправки',
  'As the gateway is set': 'Как настроен шлюз',
  'Off: nothing protects the account': 'Без ограничений: аккаунт ничто не бережёт',
  'Own rules': 'Свои правила',
  'At once, after a rest': 'Сразу, после перерыва',
  'A minute, after that': 'Дальше — в минуту',
  'At once to one chat': 'Сразу в один чат',
  'Seconds between messages to a person': 'Секунд между сообщениями человеку',
  'Seconds between messages to a group': 'Секунд между сообщениями в группу',
  'New people a day': 'Новых людей в день',

  Proxy: 'Прокси',
  'That of the gateway, if it has one': 'Как у шлюза, если есть',
  'Change the proxy': 'Изменить прокси',
  'Address of the proxy': 'Адрес прокси',
  'socks5://user:password@host:port, http://user:password@host:port or mtproxy://secret@host:port.':
    'socks5://имя:пароль@хост:порт, http://имя:пароль@хост:порт или mtproxy://секрет@хост:порт.',
  'Empty: none of its own.': 'Пусто: своего прокси нет.',
  'Save and reconnect': 'Сохранить и переподключить',
  'Saved. The account is connected by it.': 'Сохранено. Аккаунт подключён через него.',
  'Saved. The account has no proxy of its own.': 'Сохранено. Своего прокси у аккаунта нет.',
  'Saved, but it does not lead to Telegram: messages wait.':
    'Сохранено, но прокси не ведёт к Telegram: сообщения ждут.',
  'Last hours': 'Последние часы',
  'How far back': 'За какое время',
  'On hold': 'Пауза',
  '{sent, number} sent, {failed, number} failed, on hold for {time}, at most {most, number} waiting':
    'отправлено {sent, number}, ошибок {failed, number}, на паузе {time}, в очереди не больше {most, number}',
  'As numbers': 'Числами',
  'The last hours as numbers': 'Последние часы числами',
  From: 'Начало',

  'Received by the sandbox': 'Получено в песочнице',
  'Send a message: it appears here as its recipient sees it.':
    'Отправьте сообщение: оно появится здесь таким, каким его видит получатель.',
  'Have the next send hit a flood wait of {seconds} s':
    'Ответить на следующее сообщение паузой в {seconds} с',
} as const;
