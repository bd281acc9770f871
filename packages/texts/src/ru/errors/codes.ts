/** What each error code says, and what to do about it. */
export const CODES = {
  'The request is not valid.': 'Запрос составлен неверно.',
  'Correct the fields named in `issues`.': 'Исправьте поля, названные в `issues`.',
  'The body is not valid JSON.': 'Тело запроса — не JSON.',
  'Send a JSON object in UTF-8.': 'Отправьте объект JSON в UTF-8.',
  'There is nothing at this path.': 'По этому пути ничего нет.',
  'Check the path against the docs.': 'Сверьте путь с документацией.',
  'This path does not support this method.': 'Этот путь не поддерживает такой метод.',
  'See the `Allow` header.': 'Смотрите заголовок `Allow`.',
  'The request did not arrive in time.': 'Запрос не пришёл вовремя.',
  'Send it again, completely within 30 seconds; nothing was done.':
    'Отправьте его снова, целиком за 30 секунд; ничего не сделано.',
  'The body is over 256 KiB, or 8 MiB for a batch.':
    'Тело запроса больше 256 КиБ (для пакета — больше 8 МиБ).',
  'Send less in one request.': 'Отправьте меньше за один запрос.',
  'The body is not JSON.': 'Тело запроса — не JSON.',
  'Send `Content-Type: application/json`.': 'Отправьте заголовок `Content-Type: application/json`.',
  'An API key is needed.': 'Нужен ключ API.',
  'Send `Authorization: Bearer <key>` or `X-API-Key`.':
    'Отправьте `Authorization: Bearer <ключ>` или `X-API-Key`.',
  'This is not allowed here.': 'Здесь это запрещено.',
  'Use a key that may use this account, or call from this machine.':
    'Возьмите ключ, которому разрешён этот аккаунт, или обращайтесь с этой же машины.',
  'There is no such webhook.': 'Такого вебхука нет.',
  'Check the id; a key sees only webhooks whose accounts it may all use.':
    'Проверьте id. Ключ видит только те вебхуки, все аккаунты которых ему разрешены.',
  'There is no such job, or it is no longer kept.': 'Такого задания нет, или оно уже не хранится.',
  'Check the id; ended jobs are kept for a limited time.':
    'Проверьте id. Законченные задания хранятся ограниченное время.',
  'This Idempotency-Key was used with another body.':
    'Этот Idempotency-Key уже использован с другим телом запроса.',
  'Use a new key for a new message.': 'Для нового сообщения возьмите новый ключ.',
  'Too many messages of this account are waiting.': 'В очереди этого аккаунта слишком много сообщений.',
  'Wait `retry_after` seconds, or cancel some.':
    'Подождите `retry_after` секунд или отмените часть сообщений.',
  'The job that this one waited for sent nothing.': 'Задание, которого ждало это, ничего не отправило.',
  'Read `dependency.code`. A retry of that job does not revive this one.':
    'Посмотрите `dependency.code`. Если повторить то задание, это не возобновится.',
  'The message was cancelled.': 'Сообщение отменено.',
  'Send it again if it is still wanted.': 'Отправьте его снова, если оно ещё нужно.',
  'No assistant is set up here.': 'Ассистент здесь не настроен.',
  "Set ASSISTANT_BASE_URL and ASSISTANT_MODEL, or end `messages` with the assistant's own message.":
    'Задайте ASSISTANT_BASE_URL и ASSISTANT_MODEL или закончите `messages` сообщением самого ассистента.',
  'The assistant may not write to this chat from this account.':
    'Ассистенту нельзя писать в этот чат от этого аккаунта.',
  'Add it to ASSISTANT_ALLOW.': 'Добавьте чат в ASSISTANT_ALLOW.',
  'The assistant refused the request.': 'Ассистент отклонил запрос.',
  'Read the message; check model, key and messages.':
    'Прочитайте сообщение; проверьте модель, ключ и messages.',
  'The answer of the assistant is not a chat completion.': 'Ответ ассистента — не chat completion.',
  'Check ASSISTANT_BASE_URL: it must not contain `/chat/completions`.':
    'Проверьте ASSISTANT_BASE_URL: в нём не должно быть `/chat/completions`.',
  'The assistant could not be reached, or closed the connection.':
    'Ассистент недоступен или закрыл соединение.',
  'Try again later.': 'Повторите позже.',
  'The assistant did not answer in time.': 'Ассистент не ответил вовремя.',
  'Try again later; for a slow model raise the setting named in the message.':
    'Повторите позже; для медленной модели увеличьте настройку, названную в сообщении.',
  'Too many requests to the assistant.': 'Слишком много запросов к ассистенту.',
  'Try again later, after `retry_after` seconds if given.':
    'Повторите позже; если указан `retry_after`, то через столько секунд.',
  'The assistant answered without text.': 'Ассистент ответил без текста.',
  'Ask again, or in other words.': 'Спросите ещё раз или другими словами.',
  'The reply was truncated, and was not sent.': 'Ответ обрезан и не отправлен.',
  'Read `finish_reason`: for `length` raise `max_tokens` or ask for less; `send_if_cut` sends truncated replies too.':
    'Посмотрите `finish_reason`: если там `length`, увеличьте `max_tokens` или попросите ответ короче; с `send_if_cut` отправляются и обрезанные ответы.',
  'The assistant declined to answer.': 'Ассистент отказался отвечать.',
  'Read `refusal`; ask for something else.': 'Прочитайте `refusal`; спросите о другом.',
  'The assistant requested a tool call, and the gateway runs no tools.':
    'Ассистент запросил вызов инструмента, а шлюз инструменты не запускает.',
  'Ask without `tools`, or call the tool yourself and send the reply as the last message.':
    'Спросите без `tools` или вызовите инструмент сами и отправьте ответ последним сообщением.',
  'No bot is set up here.': 'Бот здесь не настроен.',
  'Set TELEGRAM_BOT_TOKEN, or leave `send_as_user` true.':
    'Задайте TELEGRAM_BOT_TOKEN или оставьте `send_as_user` равным true.',
  'The queue (Redis) is not reachable.': 'Очередь (Redis) недоступна.',
  'Try again in a moment: nothing was queued, and nothing will be. If `kind` is `unknown_outcome`, it may have been queued: read the job, or repeat the request under the same Idempotency-Key.':
    'Повторите чуть позже: в очередь ничего не попало и не попадёт. Если `kind` — `unknown_outcome`, могло и попасть: прочитайте задание или повторите запрос с тем же Idempotency-Key.',
  'No worker started the job in time.': 'Ни один воркер не начал задание вовремя.',
  'Try again; the job was withdrawn. Check that a worker is running.':
    'Повторите: задание отозвано. Проверьте, что воркер запущен.',
  'Telegram is not reachable.': 'Telegram недоступен.',
  'Try again in a moment.': 'Повторите чуть позже.',
  "Telegram cannot be reached with this server's settings.":
    'С настройками этого сервера Telegram недоступен.',
  'Operator: read the message; check TELEGRAM_DC, TELEGRAM_DC_KEY and TELEGRAM_PROXY. Queued messages wait.':
    'Администратору: прочитайте сообщение; проверьте TELEGRAM_DC, TELEGRAM_DC_KEY и TELEGRAM_PROXY. Сообщения в очереди ждут.',
  'Telegram did not answer in time.': 'Telegram не ответил вовремя.',
  'Check the job or the account before you try again.':
    'Прежде чем повторять, проверьте задание или аккаунт.',
  'Telegram refused the call with an error that the gateway does not know.':
    'Telegram отклонил вызов с ошибкой, которой шлюз не знает.',
  'Read `rpc_error`; the same call will be refused again.':
    'Посмотрите `rpc_error`; такой же вызов будет отклонён снова.',
  'The storage accepts no writes: it is full or read-only.':
    'Хранилище не принимает записи: оно заполнено или доступно только для чтения.',
  'Read the message. Operator: free space, or make DATA_DIR writable (the log names the file). Then try again.':
    'Прочитайте сообщение. Администратору: освободите место или разрешите запись в DATA_DIR (файл назван в журнале). Затем повторите.',
  'The storage for accounts did not answer in time.': 'Хранилище аккаунтов не ответило вовремя.',
  "Try again in a moment. Operator: the worker's log has the cause.":
    'Повторите чуть позже. Администратору: причина — в журнале воркера.',
  'The gateway failed unexpectedly.': 'В шлюзе произошла непредвиденная ошибка.',
  'Tell the operator the request id.': 'Сообщите администратору request_id.',
  'This account is already signed in.': 'В этот аккаунт уже выполнен вход.',
  'Send messages, or disconnect it first.': 'Отправляйте сообщения или сначала отключите аккаунт.',
  'No sign-in has been started for this account.': 'Вход в этот аккаунт не начат.',
  'Call `/telegram/user/auth/start` or `/telegram/user/auth/qr` first.':
    'Сначала вызовите `/telegram/user/auth/start` или `/telegram/user/auth/qr`.',
  'Telegram does not accept this phone number.': 'Telegram не принимает этот номер телефона.',
  'Check the number, including the country code.': 'Проверьте номер вместе с кодом страны.',
  'Telegram has banned this phone number.': 'Telegram заблокировал этот номер телефона.',
  'Write to recover@telegram.org.': 'Напишите на recover@telegram.org.',
  'No Telegram account has this phone number.': 'На этот номер телефона не зарегистрирован аккаунт Telegram.',
  'Sign up in an official app first.': 'Сначала зарегистрируйтесь в официальном приложении.',
  'The code is wrong.': 'Неверный код.',
  'Send the right code; the same sign-in continues.': 'Отправьте правильный код; вход продолжается.',
  'The code has expired.': 'Срок действия кода истёк.',
  'Start the sign-in again.': 'Начните вход заново.',
  'The two-factor password is wrong.': 'Неверный пароль двухэтапной проверки.',
  'Send the right password; `hint` may help.': 'Отправьте правильный пароль; может помочь `hint`.',
  'Telegram has no other way to deliver the code.': 'Другого способа доставить код у Telegram нет.',
  'Wait for the code, or start again later.': 'Дождитесь кода или начните позже заново.',
  "Telegram refuses this server's API id.": 'Telegram не принимает API id этого сервера.',
  'Operator: check TELEGRAM_API_ID and TELEGRAM_API_HASH.':
    'Администратору: проверьте TELEGRAM_API_ID и TELEGRAM_API_HASH.',
  'Telegram refuses this kind of sign-in: it considers the app of this server outdated or unofficial.':
    'Telegram отклоняет такой вход: считает приложение этого сервера устаревшим или неофициальным.',
  'Operator: update the gateway, use your own API id (https://my.telegram.org), or sign in by `/telegram/user/auth/qr`.':
    'Администратору: обновите шлюз, возьмите собственный API id (https://my.telegram.org) или войдите через `/telegram/user/auth/qr`.',
  'Telegram sends a code only after this account has an e-mail address for sign-ins.':
    'Telegram пришлёт код, только когда у аккаунта появится адрес электронной почты для входа.',
  'Sign in with an official app and set the address there (Settings, Privacy and Security, Login Email); then start again.':
    'Войдите в официальном приложении и укажите адрес там (Настройки, Конфиденциальность, Почта для входа); затем начните заново.',
  'Too many tries.': 'Слишком много попыток.',
  'Wait `retry_after` seconds.': 'Подождите `retry_after` секунд.',
  'Telegram asks this account to wait.': 'Telegram просит этот аккаунт подождать.',
  'This account is not signed in.': 'Вход в этот аккаунт не выполнен.',
  'Sign in by `/telegram/user/auth/start` or `/telegram/user/auth/qr`.':
    'Войдите через `/telegram/user/auth/start` или `/telegram/user/auth/qr`.',
  'Another account of this gateway has the same session.':
    'Эта сессия уже есть у другого аккаунта этого шлюза.',
  'Use that account, or disconnect it first: Telegram ends a session that is used twice.':
    'Пользуйтесь тем аккаунтом или сначала отключите его: сессию, которой пользуются дважды, Telegram завершает.',
  'The stored session of this account cannot be read.':
    'Сохранённую сессию этого аккаунта не удаётся прочитать.',
  "Operator: restore the session file or the key (the worker's log names it), then resume the account. Or sign in again.":
    'Администратору: восстановите файл сессии или ключ (он назван в журнале воркера), затем возобновите аккаунт. Или войдите заново.',
  'The account was disconnected before this was sent.': 'Аккаунт отключили раньше, чем это было отправлено.',
  'Sign in and send again.': 'Войдите и отправьте снова.',
  'Telegram has deactivated this account.': 'Telegram удалил или заблокировал этот аккаунт.',
  'Telegram has frozen this account.': 'Telegram заморозил этот аккаунт.',
  'Appeal in an official app, then resume the account.':
    'Подайте апелляцию в официальном приложении, затем возобновите аккаунт.',
  'Telegram limits this account: it wrote to too many strangers.':
    'Telegram ограничил этот аккаунт: он писал слишком многим незнакомым людям.',
  'Ask @SpamBot, then resume the account.': 'Спросите @SpamBot, затем возобновите аккаунт.',
  'This account does not receive.': 'Этот аккаунт не принимает входящие.',
  'Turn receiving on by `/telegram/user/receive`.': 'Включите приём через `/telegram/user/receive`.',
  'This account answers only people who have written to it, so it must receive.':
    'Этот аккаунт отвечает только тем, кто ему написал, поэтому приём должен быть включён.',
  'Set `replies_only` to false by `/telegram/user/pace` first.':
    'Сначала установите `replies_only` в false через `/telegram/user/pace`.',
  'This account answers only, and this person is not known to have written to it in time.':
    'Этот аккаунт только отвечает, а об этом человеке неизвестно, что он недавно писал.',
  'Wait until they write, or name them by id. `replies_only` of `/telegram/user/pace` changes the rule.':
    'Подождите, пока он напишет, или назовите его по id. Правило меняет `replies_only` в `/telegram/user/pace`.',
  'Events after this number are no longer kept, or the number was never used.':
    'События после этого номера уже не хранятся, или такого номера не было.',
  'Go on after `oldest_seq` - 1. What lies between is lost here; read it from the chats.':
    'Продолжайте с `oldest_seq` - 1. То, что было между ними, здесь потеряно; прочитайте это в чатах.',
  'This account cannot reach a chat by this recipient_id.':
    'По этому recipient_id аккаунт не может найти чат.',
  'Check it; the message says how to make the chat reachable. A new request asks Telegram again.':
    'Проверьте его; в сообщении сказано, как сделать чат доступным. Новый запрос снова спросит Telegram.',
  'Telegram does not let this account write to this chat.':
    'Telegram не разрешает этому аккаунту писать в этот чат.',
  'Read `rpc_error`.': 'Посмотрите `rpc_error`.',
  'There is no such message in this chat.': 'В этом чате нет такого сообщения.',
  'Check the message id and the chat; the message may be deleted.':
    'Проверьте id сообщения и чат; сообщение могли удалить.',
  'The message has no such button, or none that can be pressed.':
    'У сообщения нет такой кнопки, или её нельзя нажать.',
  'Read the message again: its bot may have changed the buttons.':
    'Прочитайте сообщение снова: бот мог изменить кнопки.',
  'The button was pressed, and its bot did not answer in time.': 'Кнопка нажата, но бот не ответил вовремя.',
  'Look at the chat: the bot may have acted all the same.': 'Посмотрите в чат: бот мог выполнить действие.',
  'The invite link is not valid, or not any more.':
    'Ссылка-приглашение недействительна или больше не действует.',
  'Ask for a new link.': 'Попросите новую ссылку.',
  'Telegram no longer lets this message be edited.': 'Telegram больше не разрешает изменить это сообщение.',
  'Send a new message instead.': 'Отправьте вместо этого новое сообщение.',
  'The account did not write this message.': 'Это сообщение написал не этот аккаунт.',
  'Edit only messages of the account itself.': 'Изменяйте только сообщения самого аккаунта.',
  'Telegram does not take this reaction here.': 'Telegram не принимает здесь такую реакцию.',
  'Read `rpc_error`; choose another emoji, or fewer.':
    'Посмотрите `rpc_error`; выберите другой эмодзи или меньше эмодзи.',
  'The file is too large.': 'Файл слишком велик.',
  'Send a smaller file: the message says how large it may be.':
    'Отправьте файл поменьше: допустимый размер указан в сообщении.',
  'The file cannot be fetched from its address.': 'Не удаётся получить файл по его адресу.',
  'Read the message; check the address, or upload the file.':
    'Прочитайте сообщение; проверьте адрес или загрузите файл сами.',
  'Telegram does not take this file, location, contact or poll.':
    'Telegram не принимает этот файл, геопозицию, контакт или опрос.',
  'Read `rpc_error`; send it as another type, such as `document`.':
    'Посмотрите `rpc_error`; отправьте файл как другой тип, например `document`.',
  'This account has no such upload, or no longer.': 'У этого аккаунта нет такой загрузки, или её срок истёк.',
  'Upload the file again. Unused uploads expire, and used ones go when their last message is sent.':
    'Загрузите файл снова. Неиспользованные загрузки со временем удаляются, использованные — после отправки последнего сообщения с ними.',
  'This account has no such file.': 'У этого аккаунта нет такого файла.',
  'Read the message again: it may be deleted, or have another file now.':
    'Прочитайте сообщение снова: его могли удалить или заменить в нём файл.',
  'The file has no such bytes.': 'Таких байтов в файле нет.',
  'Read the size in `Content-Range`, and ask for bytes within it.':
    'Посмотрите размер в `Content-Range` и запросите байты в его пределах.',
  'Telegram does not accept this message.': 'Telegram не принимает это сообщение.',
  'The message was sent, or is being sent.': 'Сообщение уже отправлено или отправляется.',
  'None: read the job.': 'Ничего: прочитайте задание.',
} as const;
