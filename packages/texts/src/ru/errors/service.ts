/** The queue, the workers, the dashboard, files. */
export const SERVICE = {
  'This must come from the dashboard itself.': 'Запрос должен исходить с самой панели.',
  'The dashboard is off: set ADMIN_USER and ADMIN_PASSWORD to sign in to it.':
    'Панель выключена: чтобы входить в неё, задайте ADMIN_USER и ADMIN_PASSWORD.',
  'There is no account with this user_id.': 'Аккаунта с таким user_id нет.',
  'The dashboard does not show this queue.': 'Панель не показывает эту очередь.',
  'Only what has failed is tried again.': 'Повторить можно только то, что не удалось.',
  'Accounts are paused and resumed one by one.': 'Аккаунты приостанавливают и возобновляют по одному.',
  'The queue (Redis) stopped answering while this ran: it may have taken effect. Look at the status, or at the job, before you try again.':
    'Очередь (Redis) перестала отвечать, пока это выполнялось: действие могло произойти. Прежде чем повторять, посмотрите статус или задание.',
  'The session of this account was exported for use elsewhere: resume it to use it here again.':
    'Сессию этого аккаунта выгрузили для использования в другом месте: возобновите аккаунт, чтобы снова пользоваться им здесь.',
  'Nobody has scanned a code for ten minutes: begin again.':
    'Код никто не отсканировал за десять минут: начните заново.',
  'Too many session files are being read: try again in 5 s.':
    'Слишком много файлов сессий читается одновременно: повторите через 5 с.',
  'No worker is running.': 'Ни один воркер не запущен.',
  'The workers have not published all accounts yet.': 'Воркеры ещё не опубликовали все аккаунты.',
  'it does not answer in time': 'не отвечает вовремя',
  'Do this step again yourself.': 'Выполните этот шаг сами ещё раз.',
  'There is no delivery with this id (any more).': 'Доставки с таким id нет (или уже нет).',
  'The file is empty.': 'Файл пуст.',
  'The message has another file now.': 'У сообщения теперь другой файл.',
  'The session of this account was exported for use elsewhere.':
    'Сессию этого аккаунта выгрузили для использования в другом месте.',
  'The worker ended while it ran this step: check the status before you retry.':
    'Воркер завершился, пока выполнял этот шаг: прежде чем повторять, проверьте статус.',
  'The queue (Redis) stopped answering during the request: it may have been queued, or not. Read the job once the queue answers, or repeat the request under the same Idempotency-Key.':
    'Очередь (Redis) перестала отвечать во время запроса: сообщение могло попасть в неё, а могло и нет. Прочитайте задание, когда очередь ответит, или повторите запрос с тем же Idempotency-Key.',
  'Another session is being imported: try again.': 'Сейчас импортируется другая сессия: повторите.',
  'No worker started the job in time; it was not run.':
    'Ни один воркер не начал задание вовремя; оно не выполнялось.',
  'This API and its workers seal with different keys. Operator: set the same SESSION_ENCRYPTION_KEY everywhere.':
    'У этого API и его воркеров разные ключи шифрования. Администратору: задайте везде один и тот же SESSION_ENCRYPTION_KEY.',
  'This job is of no kind that exists.': 'Заданий такого вида нет.',
  'The job that it waited for sent nothing: retry that job, then send this as a new action.':
    'Задание, которого оно ждало, ничего не отправило: повторите то задание, затем отправьте это как новое действие.',
  'It was cancelled: send it as a new message.': 'Оно отменено: отправьте его как новое сообщение.',
  'It may have been sent: check the chat first, then send it as a new message.':
    'Возможно, оно отправлено: сначала проверьте чат, затем отправьте его как новое сообщение.',
  'It was sent.': 'Оно отправлено.',
  'It has not failed: it will be sent without a retry.':
    'Ошибки не было: оно будет отправлено и без повтора.',
  'It is already being retried.': 'Его уже повторяют.',
  'This webhook cannot be read with this SESSION_ENCRYPTION_KEY (or SESSION_ENCRYPTION_KEY_PREVIOUS): set the key that sealed it, or delete it and create it anew.':
    'Этот вебхук не читается с этим SESSION_ENCRYPTION_KEY (или SESSION_ENCRYPTION_KEY_PREVIOUS): задайте ключ, которым он зашифрован, либо удалите вебхук и создайте заново.',
  'The media store accepts no writes: it is full or read-only.':
    'Хранилище файлов не принимает записи: оно заполнено или доступно только для чтения.',
  'The media store did not answer.': 'Хранилище файлов не ответило.',
  'The address redirects to nowhere.': 'Адрес перенаправляет в никуда.',
  'The server of the address compresses the file, although it was asked not to.':
    'Сервер по этому адресу сжимает файл, хотя его просили этого не делать.',
  'The address is not valid.': 'Адрес неверен.',
  'The address is not http:// or https://.': 'Адрес не http:// и не https://.',
  'The address has a user or a password in it, which are not sent.':
    'В адресе есть имя или пароль, они не отправляются.',
  'The address is not a public one (MEDIA_ALLOW_PRIVATE).': 'Адрес не публичный (MEDIA_ALLOW_PRIVATE).',
  'The server of the address did not answer in time.': 'Сервер по этому адресу не ответил вовремя.',
  'An account may look up {count} names a day.':
    '{count, plural, one {Аккаунт может искать не больше # имени в день.} few {Аккаунт может искать не больше # имён в день.} many {Аккаунт может искать не больше # имён в день.} other {Аккаунт может искать не больше # имён в день.}}',
  'The worker ended {count} times while it was sending this message. Nobody knows whether it was sent.':
    '{count, plural, one {Воркер завершился # раз во время отправки этого сообщения.} few {Воркер завершился # раза во время отправки этого сообщения.} many {Воркер завершился # раз во время отправки этого сообщения.} other {Воркер завершился # раза во время отправки этого сообщения.}} Отправлено ли оно, неизвестно.',
  'The next job needs a newer worker ({details}): update the workers.':
    'Следующему заданию нужен воркер новее ({details}): обновите воркеры.',
  'Redis, which stores the accounts, accepts no writes: {problemSaid}.':
    'Redis, где хранятся аккаунты, не принимает записи: {problemSaid}.',
  'The disk for accounts is full ({code}).': 'Диск с аккаунтами заполнен ({code}).',
  'The storage for accounts cannot be written.': 'В хранилище аккаунтов нельзя записать.',
  'The storage for accounts cannot be written ({code}).': 'В хранилище аккаунтов нельзя записать ({code}).',
  '{count} messages of this account are already waiting, which is the most allowed (SEND_MAX_PENDING).':
    '{count, plural, one {В очереди этого аккаунта уже # сообщение — больше нельзя (SEND_MAX_PENDING).} few {В очереди этого аккаунта уже # сообщения — больше нельзя (SEND_MAX_PENDING).} many {В очереди этого аккаунта уже # сообщений — больше нельзя (SEND_MAX_PENDING).} other {В очереди этого аккаунта уже # сообщения — больше нельзя (SEND_MAX_PENDING).}}',
  'The worker has not published its accounts yet, so it is not known whether this one is signed in.':
    'Воркер ещё не опубликовал свои аккаунты, поэтому неизвестно, выполнен ли вход в этот.',
  'The worker has not published its accounts yet, so the list would not be complete.':
    'Воркер ещё не опубликовал свои аккаунты, поэтому список был бы неполным.',
  'The queue (Redis) did not answer in time: it is reachable, but slow or busy.':
    'Очередь (Redis) не ответила вовремя: она доступна, но работает медленно или занята.',
  'The queue (Redis) accepts no writes: {problemSaid}. Nothing was queued.':
    'Очередь (Redis) не принимает записи: {problemSaid}. В очередь ничего не попало.',
  'The address redirects more than {count} times.':
    '{count, plural, one {Адрес перенаправляет больше # раза.} few {Адрес перенаправляет больше # раз.} many {Адрес перенаправляет больше # раз.} other {Адрес перенаправляет больше # раз.}}',
  'The server of the address answered {status}.': 'Сервер по этому адресу ответил {status}.',
  'The address is not reachable.': 'Адрес недоступен.',
  'The address is not reachable: {problemSaid}.': 'Адрес недоступен: {problemSaid}.',
  'The worker lost its connection to the queue (Redis) before this ran; it was not run.':
    'Воркер потерял связь с очередью (Redis) до начала; ничего не выполнено.',
  'The worker ended or was too late while it ran this step: check the status before you retry.':
    'Воркер завершился или опоздал, пока выполнял этот шаг: прежде чем повторять, проверьте статус.',
  'Another worker took over the account while this ran, so it may have taken effect: check the status before you retry.':
    'Пока это выполнялось, аккаунт взял другой воркер, поэтому действие могло произойти: прежде чем повторять, проверьте статус.',
  'the receiver answered {status}': 'получатель ответил {status}',
  'not reachable': 'недоступен',
  'not reachable: {problemSaid}': 'недоступен: {problemSaid}',
  '{hostname} has no address': 'у {hostname} нет адреса',
  'nothing accepts connections there ({code})': 'там никто не принимает соединения ({code})',
  'its host name is not known ({code})': 'имя сервера не найдено ({code})',
  'the connection was closed ({code})': 'соединение закрыто ({code})',
  'no connection in time ({code})': 'соединение не установлено вовремя ({code})',
  'there is no network route to it ({code})': 'к нему нет пути в сети ({code})',
  'its certificate has expired ({code})': 'срок его сертификата истёк ({code})',
  'its certificate is for another host name ({code})': 'его сертификат выдан другому имени ({code})',
  'its certificate is not trusted ({code})': 'его сертификату нельзя доверять ({code})',
  'it does not speak TLS ({code})': 'он не говорит по TLS ({code})',
  'no answer within {ms} ms': 'нет ответа за {ms} мс',
  '{address} is not a public address: webhooks are not sent there unless WEBHOOK_ALLOW_PRIVATE is true':
    '{address} — не публичный адрес: вебхуки туда отправляются, только если WEBHOOK_ALLOW_PRIVATE — true',
  'The queue (Redis) has lost the job.': 'Очередь (Redis) потеряла задание.',
} as const;
