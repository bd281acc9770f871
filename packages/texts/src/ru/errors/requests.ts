/** Faults of a request: its fields, its body, its limits. */
export const REQUESTS = {
  'Without API_KEYS only localhost is answered: ask by 127.0.0.1, or set API_KEYS.':
    'Без API_KEYS шлюз отвечает только localhost: обращайтесь по 127.0.0.1 или задайте API_KEYS.',
  'The body must be JSON in UTF-8: send Content-Type: application/json.':
    'Тело должно быть JSON в UTF-8: отправьте Content-Type: application/json.',
  'The body must not be compressed: send it without Content-Encoding.':
    'Тело не должно быть сжато: отправьте его без Content-Encoding.',
  'This API key is not valid.': 'Этот ключ API недействителен.',
  'This API key may not use this account.': 'Этому ключу API нельзя пользоваться этим аккаунтом.',
  'This page has no origin of its own (a file, a sandboxed frame): serve it by http and add its origin to CORS_ORIGINS.':
    'У этой страницы нет собственного источника (это файл или изолированный фрейм): отдавайте её по http и добавьте её источник в CORS_ORIGINS.',
  'The body is empty: send a JSON object.': 'Тело пустое: отправьте объект JSON.',
  'The body ended before it was complete.': 'Тело оборвалось раньше конца.',
  'must be a string': 'нужна строка',
  'must be a number': 'нужно число',
  'must be a whole number': 'нужно целое число',
  'must be true or false': 'нужно true или false',
  'must be a JSON object': 'нужен объект JSON',
  'must be a list': 'нужен список',
  'must be null': 'нужно null',
  'must be a time with its zone (RFC 3339), such as 2030-01-31T09:00:00Z':
    'нужно время с часовым поясом (RFC 3339), например 2030-01-31T09:00:00Z',
  'must be an address, such as https://example.org/': 'нужен адрес, например https://example.org/',
  'must be base64': 'нужна строка base64',
  'must be base64url': 'нужна строка base64url',
  'is required': 'обязательное поле',
  'is not valid': 'недопустимое значение',
  'has the wrong form': 'неверный формат',
  'must not be empty': 'не должно быть пустым',
  'is not a field of this request': 'такого поля в этом запросе нет',
  'must be 1 to 200 characters, without control characters': 'нужны от 1 до 200 символов, без управляющих',
  'must be well-formed UTF-16: it holds half a surrogate pair':
    'нужен правильный UTF-16: здесь половина суррогатной пары',
  'The request is not valid HTTP: check its Host, path and headers.':
    'Запрос не соответствует HTTP: проверьте Host, путь и заголовки.',
  'The body of the request ended early: send as many bytes as Content-Length says, or end the last chunk.':
    'Тело запроса оборвалось: отправьте столько байтов, сколько указано в Content-Length, или завершите последний фрагмент.',
  'The body ended before the file was complete.': 'Тело оборвалось раньше, чем закончился файл.',
  'must have no other fields than the file': 'кроме файла, не должно быть других полей',
  'must have only one file': 'должен быть только один файл',
  'must have a file': 'нужен файл',
  'must be multipart/form-data with one file, or the file itself':
    'нужен multipart/form-data с одним файлом или сам файл',
  'is the bot: only the account of a person can do this': 'это бот, а такое может только аккаунт человека',
  'is the bot: it signs in by TELEGRAM_BOT_TOKEN': 'это бот: он входит с TELEGRAM_BOT_TOKEN',
  'is the bot, which does not receive': 'это бот, он не принимает входящие',
  'is not in the log of this account, or no longer: begin again without it':
    'нет в журнале этого аккаунта (или уже нет): начните заново без него',
  'is required, or else job_id': 'обязательное поле, либо укажите job_id',
  'is needed first: the code has not been accepted yet': 'сначала нужен код: он ещё не принят',
  'is another chat than that of the job_id': 'это другой чат, чем у job_id',
  'must be at least 1/1440, one message a day': 'не меньше 1/1440 (одно сообщение в день)',
  'must be the id of a message': 'нужен id сообщения',
  'must be at most 256 characters': 'не больше 256 символов',
  'must be `next` of the page before': 'нужно значение `next` предыдущей страницы',
  'is needed at least once': 'нужно указать хотя бы один раз',
  'must be at most a year ahead': 'не позже чем через год',
  'must name at least one message': 'нужно хотя бы одно сообщение',
  'must be off, careful, or an object with rules': 'нужно off, careful или объект с правилами',
  'must be false, or an object with within_hours': 'нужно false или объект с within_hours',
  'must be the id of a chat, as events show it: no name, no phone number':
    'нужен id чата, как в событиях: не имя и не номер телефона',
  'must name at least one type': 'нужен хотя бы один тип',
  'must be the next of another page': 'нужно значение next другой страницы',
  'must be a string, or an array of parts': 'нужна строка или список частей',
  'must be a string, such as user': 'нужна строка, например user',
  'must be a MIME type such as video/mp4': 'нужен MIME-тип, например video/mp4',
  'must be at least 12 characters': 'не меньше 12 символов',
  'must be at most 1024 characters': 'не больше 1024 символов',
  'must be true: stop the program that uses this session first, since Telegram ends a session that two use at once (AUTH_KEY_DUPLICATED)':
    'нужно true: сначала остановите программу, которая пользуется этой сессией, — если сессией пользуются двое, Telegram завершает её (AUTH_KEY_DUPLICATED)',
  'must be absent where there is no reply_to': 'не указывайте без reply_to',
  'must be one emoji': 'нужен один эмодзи',
  'must be absent where there is media': 'не указывайте вместе с media',
  'must be absent where there is a correct_option': 'не указывайте вместе с correct_option',
  'must not be empty: it is nothing but markup': 'не должно быть пустым: здесь одна разметка',
  'must be absent where there is a text': 'не указывайте вместе с text',
  'must be at least 1': 'не меньше 1',
  'must have one of upload_id, url and from': 'нужно одно из upload_id, url и from',
  'must be absent where there is a from': 'не указывайте вместе с from',
  'cannot be in this album: it takes photos and videos, or only audio, or only documents':
    'не подходит для этого альбома: в нём либо фото и видео, либо только аудио, либо только документы',
  'is needed where there is no job_id': 'нужно, если нет job_id',
  'must be at least 0': 'не меньше 0',
  'must be at most 99': 'не больше 99',
  'is needed where there is a row': 'нужно, если указан row',
  'is needed where there is a column': 'нужно, если указан column',
  'must be absent where there is a row': 'не указывайте вместе с row',
  'is needed where there is no data': 'нужно, если нет data',
  'must be true in a channel or supergroup': 'в канале или супергруппе нужно true',
  'is needed where all is not true and there is no job_id': 'нужно, если all не true и нет job_id',
  'must be absent where all is true': 'не указывайте, если all — true',
  'is needed where all is true': 'нужно, если all — true',
  'must be absent: the chat has no topics': 'не указывайте: в чате нет тем',
  'phone_code is needed: the code has not been accepted yet.': 'Нужен phone_code: код ещё не принят.',
  'topic_id is for supergroups with topics.': 'topic_id нужен только в супергруппах с темами.',
  '{firstWords}, or {secondWords}': '{firstWords} или {secondWords}',
  'must be {value}': 'нужно {value}',
  'must be {values} or {last}': 'нужно {values} или {last}',
  'must be one of {values}': 'нужно одно из значений: {values}',
  'must be at least {least}': 'не меньше {least}',
  'must be at most {most}': 'не больше {most}',
  'must be above {bound}': 'больше {bound}',
  'must be below {bound}': 'меньше {bound}',
  'must be more than 0': 'больше 0',
  'must be a multiple of {divisor}': 'должно делиться на {divisor}',
  'must be at least {count} characters':
    '{count, plural, one {не меньше # символа} few {не меньше # символов} many {не меньше # символов} other {не меньше # символов}}',
  'must be at most {count} characters':
    '{count, plural, one {не больше # символа} few {не больше # символов} many {не больше # символов} other {не больше # символов}}',
  'must be at most {count} character':
    '{count, plural, one {не больше # символа} few {не больше # символов} many {не больше # символов} other {не больше # символов}}',
  'must be at most {count} UTF-16 units':
    '{count, plural, one {не больше # единицы UTF-16} few {не больше # единиц UTF-16} many {не больше # единиц UTF-16} other {не больше # единиц UTF-16}}',
  'must have at most {count} formatted pieces: send it in several messages':
    '{count, plural, one {не больше # фрагмента с форматированием: отправьте несколькими сообщениями} few {не больше # фрагментов с форматированием: отправьте несколькими сообщениями} many {не больше # фрагментов с форматированием: отправьте несколькими сообщениями} other {не больше # фрагментов с форматированием: отправьте несколькими сообщениями}}',
  'must be at most {count} UTF-16 units where split is false':
    '{count, plural, one {при split: false — не больше # единицы UTF-16} few {при split: false — не больше # единиц UTF-16} many {при split: false — не больше # единиц UTF-16} other {при split: false — не больше # единиц UTF-16}}',
  'must hold at least {count} items':
    '{count, plural, one {нужен хотя бы # элемент} few {нужно хотя бы # элемента} many {нужно хотя бы # элементов} other {нужно хотя бы # элемента}}',
  'must hold at least {count} item':
    '{count, plural, one {нужен хотя бы # элемент} few {нужно хотя бы # элемента} many {нужно хотя бы # элементов} other {нужно хотя бы # элемента}}',
  'must hold at most {count} items':
    '{count, plural, one {не больше # элемента} few {не больше # элементов} many {не больше # элементов} other {не больше # элементов}}',
  'must hold at most {count} item':
    '{count, plural, one {не больше # элемента} few {не больше # элементов} many {не больше # элементов} other {не больше # элементов}}',
  'must hold at least one message': 'нужно хотя бы одно сообщение',
  'must hold at least one file': 'нужен хотя бы один файл',
  'must hold at most {count} files':
    '{count, plural, one {не больше # файла} few {не больше # файлов} many {не больше # файлов} other {не больше # файлов}}',
  'must hold at least {count} options':
    '{count, plural, one {нужен хотя бы # вариант} few {нужно хотя бы # варианта} many {нужно хотя бы # вариантов} other {нужно хотя бы # варианта}}',
  'must hold at most {count} options':
    '{count, plural, one {не больше # варианта} few {не больше # вариантов} many {не больше # вариантов} other {не больше # вариантов}}',
  'must hold at least one of the messages': 'нужно хотя бы одно сообщение',
  'must hold at most {count} messages':
    '{count, plural, one {не больше # сообщения} few {не больше # сообщений} many {не больше # сообщений} other {не больше # сообщений}}',
  'must be a list of messages': 'нужен список сообщений',
  'must hold at least one of the actions': 'нужно хотя бы одно действие',
  'must hold at most {count} actions':
    '{count, plural, one {не больше # действия} few {не больше # действий} many {не больше # действий} other {не больше # действий}}',
  'must be a list of actions': 'нужен список действий',
  "must be a JSON object with the list in it: '{'\"{field}\":[…]'}'":
    "нужен объект JSON, а в нём список: '{'\"{field}\":[…]'}'",
  'must name at least one account': 'нужен хотя бы один аккаунт',
  'must name at most {count} accounts':
    '{count, plural, one {не больше # аккаунта} few {не больше # аккаунтов} many {не больше # аккаунтов} other {не больше # аккаунтов}}',
  'must name at most {count} messages':
    '{count, plural, one {не больше # сообщения} few {не больше # сообщений} many {не больше # сообщений} other {не больше # сообщений}}',
  'must name at most {count} chats':
    '{count, plural, one {не больше # чата} few {не больше # чатов} many {не больше # чатов} other {не больше # чатов}}',
  'must be given at most {count} times':
    '{count, plural, one {можно указать не больше # раза} few {можно указать не больше # раз} many {можно указать не больше # раз} other {можно указать не больше # раза}}',
  'must be a whole number, {min} to {max}': 'нужно целое число от {min} до {max}',
  'must be whole seconds, {min} to {max}': 'нужно целое число секунд от {min} до {max}',
  'must be whole hours, {min} to {max}': 'нужно целое число часов от {min} до {max}',
  'must be a whole number that JavaScript can hold; send large ids as strings':
    'нужно целое число, которое помещается в число JavaScript; большие id отправляйте строкой',
  'must be the id of a message in that chat, 1 to {max}': 'нужен id сообщения в этом чате, от 1 до {max}',
  'must be the id of a message in that chat, 1 to {max}; leave it out for no reply':
    'нужен id сообщения в этом чате, от 1 до {max}; если это не ответ, не указывайте',
  'must be the id of a message in that chat, 1 to {max}; leave it out where there are no topics':
    'нужен id сообщения в этом чате, от 1 до {max}; если тем нет, не указывайте',
  'must be the id of a message in that chat, 1 to {max}; leave it out for the whole chat':
    'нужен id сообщения в этом чате, от 1 до {max}; для всего чата не указывайте',
  'must be the id of a message in that chat, 1 to {max}; or leave it out, and give the job_id that sends it':
    'нужен id сообщения в этом чате, от 1 до {max}; или не указывайте его, а дайте job_id задания, которое отправляет сообщение',
  'must not be nested more than {max} levels deep': 'не больше {max} уровней вложенности',
  'must not hold more than {max} values and field names: send less in one request':
    'не больше {max} значений и имён полей: отправьте меньше за один запрос',
  'must not be empty: it holds nothing but characters that do not show':
    'не должно быть пустым: здесь только невидимые символы',
  'must be an http:// or https:// address': 'нужен адрес http:// или https://',
  'must have no user and no password in it': 'в адресе не должно быть имени пользователя и пароля',
  'must be an event of the sequence: chat.typing is told to open streams only':
    'нужно событие последовательности: chat.typing приходит только в открытые потоки',
  'must have no slashes and no control characters': 'без косых черт и управляющих символов',
  'must be an emoji, a list of emoji, or null': 'нужен эмодзи, список эмодзи или null',
  'is needed, or password': 'обязательное поле, либо укажите password',
  'is required where send_to_telegram is true': 'обязательное поле, если send_to_telegram — true',
  'must not be "." or ".."': 'не может быть «.» или «..»',
  'may hold only letters A-Z a-z, digits and _ . @ + -': 'только буквы A-Z a-z, цифры и _ . @ + -',
  'may hold only letters A-Z a-z, digits and _ . @ + -, not {character}':
    'только буквы A-Z a-z, цифры и _ . @ + -, но не {character}',
  'must be a time with its zone (RFC 3339), such as {example}':
    'нужно время с часовым поясом (RFC 3339), например {example}',
  'must be a time that exists: there is no month {month}': 'такого времени нет: месяца {month} не бывает',
  'must be a time that exists: {month} has no day {day}': 'такого времени нет: в {month} нет дня {day}',
  'must be a time that exists: {time} is none of a day': 'такого времени нет: {time} в сутках не бывает',
  'must be a time that exists: {offset} is no offset from UTC':
    'такого времени нет: смещения {offset} от UTC не бывает',
  'must be a time that exists: there is no second {second} in it':
    'такого времени нет: секунды {second} в нём нет',
  'must be the digits of the code alone': 'нужны только цифры кода',
  'must be the {count} digits of the code alone':
    '{count, plural, one {нужна только # цифра кода} few {нужны только # цифры кода} many {нужны только # цифр кода} other {нужны только # цифры кода}}',
  'must be the {count} digits of the code: this has {given}':
    '{count, plural, one {в коде # цифра} few {в коде # цифры} many {в коде # цифр} other {в коде # цифры}}, а здесь {given}',
  'must be absent where there is a {field}': 'не указывайте вместе с {field}',
  'must be absent where there is a {field}: it has no caption':
    'не указывайте вместе с {field}: подписи там нет',
  'must be absent where the type is {type}': 'не указывайте, если type — {type}',
  'must be an upload of at most {count} bytes': 'нужна загрузка не больше {count} байт',
  'must be at most {most}: the options count from 0': 'не больше {most}: варианты считаются с 0',
  'This path takes {methods} only.': 'Этот путь принимает только {methods}.',
  'The body is over {size}.': 'Тело запроса больше {size}.',
  'Pages of {origin} may not call this API: add that origin to CORS_ORIGINS.':
    'Страницам {origin} нельзя обращаться к этому API: добавьте этот источник в CORS_ORIGINS.',
  'The caller sent nothing for {seconds} s.': 'Отправитель молчал {seconds} с.',
  'The file has {size} bytes.': 'В файле {size} байт.',
  'The file is over {size} bytes (MEDIA_MAX_BYTES).': 'Файл больше {size} байт (MEDIA_MAX_BYTES).',
  'The unused uploads of this account would be over {size} bytes (MEDIA_QUOTA): send or wait until they expire.':
    'Неиспользованных загрузок этого аккаунта стало бы больше чем на {size} байт (MEDIA_QUOTA): отправьте их или дождитесь, пока они истекут.',
  'Too many sign-in tries for this account: wait {seconds} s.':
    'Слишком много попыток входа в этот аккаунт: подождите {seconds} с.',
  'Too many sign-in tries with this API key: wait {seconds} s.':
    'Слишком много попыток входа с этим ключом API: подождите {seconds} с.',
  'Too many sign-in tries for this phone number: wait {seconds} s.':
    'Слишком много попыток входа с этим номером телефона: подождите {seconds} с.',
  'This account is not signed in: {reason}': 'Вход в этот аккаунт не выполнен: {reason}',
  'This account is not signed in: {reason} {actionWords}':
    'Вход в этот аккаунт не выполнен: {reason}. {actionWords}',
  'is required, or else {value}': 'обязательное поле, либо укажите {value}',
  'is required, or else {values} or {last}': 'обязательное поле, либо укажите {values} или {last}',
  'must hold one file': 'нужен один файл',
} as const;
