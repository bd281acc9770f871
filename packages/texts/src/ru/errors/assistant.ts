/** Failures of the assistant. */
export const ASSISTANT = {
  'The reply was broken off: nothing was sent.': 'Ответ прервался: ничего не отправлено.',
  'is an HTML page': 'это страница HTML',
  'is nested too deeply': 'слишком большая вложенность',
  'is too long': 'слишком длинный',
  'The assistant sent a broken piece of its reply.': 'Ассистент прислал испорченный кусок ответа.',
  'is broken JSON': 'испорченный JSON',
  'The reply was cut off: nothing was sent.': 'Ответ оборвался: ничего не отправлено.',
  'The assistant sends without end.': 'Ассистент отправляет без конца.',
  'The assistant stopped in the middle of its reply.': 'Ассистент остановился на середине ответа.',
  'The assistant sent an empty answer.': 'Ассистент прислал пустой ответ.',
  'The assistant refused the API key: check ASSISTANT_API_KEY':
    'Ассистент не принял ключ API: проверьте ASSISTANT_API_KEY',
  'The account at the assistant is out of credit': 'На счёте у ассистента кончились средства',
  'The API key lacks permission: check ASSISTANT_API_KEY and the model':
    'Ключу API не хватает прав: проверьте ASSISTANT_API_KEY и модель',
  'No assistant was found at this address: check ASSISTANT_BASE_URL and the model':
    'По этому адресу ассистента нет: проверьте ASSISTANT_BASE_URL и модель',
  'The request is too long for the assistant': 'Запрос слишком длинный для ассистента',
  'The assistant refused the request': 'Ассистент отклонил запрос',
  'The reply was cut at the limit of its length, and was not sent.':
    'Ответ обрезан по пределу длины и не отправлен.',
  'The reply was cut by a filter of content, and was not sent.':
    'Ответ обрезан фильтром содержания и не отправлен.',
  'The reply is longer than {max} UTF-16 units: nothing was sent.':
    'Ответ длиннее {max} единиц UTF-16: ничего не отправлено.',
  'It said: {said}': 'Ответ ассистента: {said}',
  'The assistant failed.': 'У ассистента произошёл сбой.',
  'The assistant failed ({status}).': 'У ассистента произошёл сбой ({status}).',
  '{refusalWords} ({status}).': '{refusalWords} ({status}).',
  "The assistant's answer {problemWords}: it is not a chat completion. Check ASSISTANT_BASE_URL.":
    'Ответ ассистента — не chat completion: {problemWords}. Проверьте ASSISTANT_BASE_URL.',
  'The assistant sent nothing for {seconds} s (ASSISTANT_IDLE_TIMEOUT).':
    'Ассистент молчал {seconds} с (ASSISTANT_IDLE_TIMEOUT).',
  'The assistant took longer than {seconds} s (ASSISTANT_MAX_TIME).':
    'Ассистент отвечал дольше {seconds} с (ASSISTANT_MAX_TIME).',
  'The assistant ended with “{reason}”, which does not say that its reply is complete.':
    'Ассистент закончил с «{reason}», а это не значит, что ответ полный.',
  "The assistant's answer is JSON, but not a chat completion: {json}":
    'Ответ ассистента — JSON, но не chat completion: {json}',
  'The assistant declined to answer: {refusal}': 'Ассистент отказался отвечать: {refusal}',
  'The assistant requested a tool. The gateway runs no tools: nothing was sent.':
    'Ассистент запросил инструмент. Шлюз инструменты не запускает: ничего не отправлено.',
  'The assistant requested the tool “{name}”. The gateway runs no tools: nothing was sent.':
    'Ассистент запросил инструмент «{name}». Шлюз инструменты не запускает: ничего не отправлено.',
  'The assistant could not be reached, or closed the connection ({code}).':
    'Ассистент недоступен или закрыл соединение ({code}).',
} as const;
