/** Refusals of Telegram, and why it cannot be reached. */
export const TELEGRAM = {
  'Telegram refused the call as if the session had ended, and knows the session.':
    'Telegram отклонил вызов так, будто сессия завершена, хотя знает её.',
  'The answer to the edit was lost, and the message was edited again meanwhile: look at the message.':
    'Ответ на изменение потерялся, а сообщение тем временем изменили ещё раз: посмотрите на сообщение.',
  'That message has no file.': 'В том сообщении нет файла.',
  'A basic group has no public name: join it by its invite link.':
    'У обычной группы нет публичного имени: вступите в неё по ссылке-приглашению.',
  'The button may have been pressed, and the answer of the bot was lost: look at the chat.':
    'Кнопка, возможно, нажата, но ответ бота потерялся: посмотрите в чат.',
  'The answer to a QR sign-in is not understood.': 'Ответ на вход по QR-коду непонятен.',
  'Telegram did not say who is signed in.': 'Telegram не сообщил, кто вошёл.',
  'Telegram does not let this account use this chat.':
    'Telegram не разрешает этому аккаунту пользоваться этим чатом.',
  'Telegram does not know this TELEGRAM_BOT_TOKEN: ask @BotFather for the right one.':
    'Telegram не знает этот TELEGRAM_BOT_TOKEN: спросите правильный у @BotFather.',
  'Telegram has seen too many sign-ins of this phone number: try again tomorrow.':
    'Слишком много входов с этим номером телефона: повторите завтра.',
  'Telegram keeps this account in another data centre.': 'Telegram хранит этот аккаунт в другом дата-центре.',
  'The chat is in slow mode: it takes one message at a time.':
    'В чате медленный режим: он принимает сообщения по одному.',
  'The session was used from two places at once, and Telegram has ended it: sign in again.':
    'Сессией пользовались из двух мест сразу, и Telegram её завершил: войдите заново.',
  'The sign-in is not complete: the two-factor password is still needed.':
    'Вход не закончен: ещё нужен пароль двухэтапной проверки.',
  "Telegram refuses this server's API id, since too many use it: it has been published.":
    'Telegram не принимает API id этого сервера: им пользуются слишком многие, он опубликован.',
  'Telegram could not make a code just now.': 'Telegram сейчас не смог создать код.',
  'Telegram could not sign the account in just now.': 'Telegram сейчас не смог выполнить вход.',
  'The two-factor password was changed a moment ago: send the new one.':
    'Пароль двухэтапной проверки только что сменили: отправьте новый.',
  'Telegram has taken this message already, but its id was not found in the chat.':
    'Telegram уже принял это сообщение, но его id в чате не нашёлся.',
  'Telegram gave an answer that this version cannot read.':
    'Telegram дал ответ, который эта версия не может прочитать.',
  'Telegram had trouble of its own with this call.': 'При этом вызове в самом Telegram произошёл сбой.',
  'does not speak this version of SOCKS': 'не поддерживает эту версию SOCKS',
  'does not allow connections to Telegram': 'не пропускает соединения к Telegram',
  'has a name that is not known (ENOTFOUND)': 'имеет неизвестное имя (ENOTFOUND)',
  'Could not connect': 'не удалось соединиться',
  'It may have taken effect.': 'Действие могло произойти.',
  'Telegram is not reachable: {problemSaid}.': 'Telegram недоступен: {problemSaid}.',
  'Telegram stopped the call with {error}.': 'Telegram прервал вызов: {error}.',
  'Telegram gave {length} bytes of the file, and not {wanted}.':
    'Telegram отдал {length} байт файла вместо {wanted}.',
  'Telegram asks for a wait until {time}. That is longer than a message may wait (SEND_MAX_WAIT): send it again then.':
    'Telegram просит подождать до {time}. Это дольше, чем может ждать сообщение (SEND_MAX_WAIT): отправьте его после этого снова.',
  'Telegram could not be reached for {seconds} s, the longest that a message may wait (SEND_MAX_WAIT).':
    'Telegram был недоступен {seconds} с — дольше сообщение ждать не может (SEND_MAX_WAIT).',
  'Last: {problemSaid}': 'Последняя ошибка: {problemSaid}',
  'A caption of this account must be at most {max} UTF-16 units where split is false.':
    'При split: false подпись этого аккаунта не может быть длиннее {max} единиц UTF-16.',
  'TELEGRAM_DC does not list data centre {id}: add it.': 'В TELEGRAM_DC нет дата-центра {id}: добавьте его.',
  'Telegram has no data centre {id} that is known here.': 'Дата-центр Telegram {id} здесь неизвестен.',
  'data centre {id} ({place})': 'дата-центр {id} ({place})',
  'no connection to {placeWords} ({code})': 'нет соединения: {placeWords} ({code})',
  'no key could be agreed upon with {placeWords}': 'не удалось согласовать ключ: {placeWords}',
  '{placeWords} answers with {error}': '{placeWords} отвечает: {error}',
  '{placeWords}: no answer within {ms} ms': '{placeWords}: нет ответа за {ms} мс',
  '{placeWords}: no connection within {ms} ms': '{placeWords}: нет соединения за {ms} мс',
  "what answers at {placeWords} does not speak Telegram's protocol: check TELEGRAM_DC.":
    'сервер не говорит на протоколе Telegram ({placeWords}): проверьте TELEGRAM_DC.',
  "what answers at {placeWords} does not speak Telegram's protocol; something on the way answers in its place":
    'сервер не говорит на протоколе Telegram ({placeWords}); вместо него отвечает что-то по пути',
  'The server at {placeWords} signs with an unknown key: put its public key into the file of TELEGRAM_DC_KEY.':
    'Сервер подписывает неизвестным ключом ({placeWords}): поместите его открытый ключ в файл TELEGRAM_DC_KEY.',
  'The server at {placeWords} signs with an unknown key: something on the way (a proxy?) answers in the place of Telegram.':
    'Сервер подписывает неизвестным ключом ({placeWords}): вместо Telegram отвечает что-то по пути (прокси?).',
  'The server at {placeWords} is not data centre {id} ({error}): check TELEGRAM_DC.':
    'Сервер ({placeWords}) — не дата-центр {id} ({error}): проверьте TELEGRAM_DC.',
  'The name of data centre {id} is not known (ENOTFOUND): check TELEGRAM_DC.':
    'Имя дата-центра {id} неизвестно (ENOTFOUND): проверьте TELEGRAM_DC.',
  'The proxy of TELEGRAM_PROXY {problemWords}.': 'Прокси из TELEGRAM_PROXY {problemWords}.',
  'the proxy of TELEGRAM_PROXY does not get through ({why})': 'прокси из TELEGRAM_PROXY не соединяет ({why})',
} as const;
