/** Faults of Markdown and HTML. */
export const MARKUP = {
  'it must cover exactly one emoji, which is shown where the custom emoji cannot be':
    'нужен ровно один эмодзи: он виден там, где нельзя показать особый',
  'it is not a valid address': 'это недопустимый адрес',
  'it must begin with http://, https://, tg://, mailto: or tel:':
    'адрес должен начинаться с http://, https://, tg://, mailto: или tel:',
  "the link's address is never closed: close it with `)`, or write \\[ for the character":
    'адрес ссылки не закрыт: закройте его знаком `)` или напишите \\[ вместо скобки',
  'the address ends here, and only a title in quotes may follow: write %20 for a space in the address, or \\[ for plain text':
    'адрес здесь кончается, после него может быть только заголовок в кавычках: вместо пробела в адресе напишите %20, а для обычного текста — \\[',
  'the title is not closed: write it as "…", \'…\' or (…) before the `)`':
    'заголовок не закрыт: напишите его как "…", \'…\' или (…) перед `)`',
  'the address has too many nested parentheses: put it between < and >':
    'в адресе слишком много вложенных скобок: заключите его в < и >',
  'the code is never closed: close it, or write \\` for the character':
    'код не закрыт: закройте его или напишите \\` вместо знака',
  'a link must not be inside another link: write \\[ for the character':
    'ссылка не может быть внутри ссылки: напишите \\[ вместо скобки',
  'the link has no text': 'у ссылки нет текста',
  'an image must not be inside a link: remove it': 'картинки внутри ссылки быть не может: уберите её',
  'the custom emoji': 'особый эмодзи',
  "the link's address": 'адрес ссылки',
  'the code block is never closed: close it on a line of its own':
    'блок кода не закрыт: закройте его отдельной строкой',
  'it does not start a tag: write &lt; for the character': 'это не начало тега: вместо знака напишите &lt;',
  'a quote must not be inside another quote': 'цитата не может быть внутри цитаты',
  'only <span class="tg-spoiler"> is supported': 'поддерживается только <span class="tg-spoiler">',
  'it needs emoji-id="…", a number': 'нужен атрибут emoji-id="…" с числом',
  'no such tag is open': 'такой тег не открыт',
  'it is not supported: write &amp; for the character &': 'не поддерживается: вместо знака & напишите &amp;',
  'is not valid {mode}: {markSaid} at line {line}, column {column}: {hintWords}':
    'ошибка в разметке {mode}: {markSaid} в строке {line}, позиция {column}: {hintWords}',
  "<a>'s address": 'адрес в <a>',
  'at most {max} may be open at once': 'одновременно может быть открыто не больше {max}',
  'it closes nothing: write {escaped} for plain characters':
    'закрывать нечего: для обычных символов напишите {escaped}',
  'it is never closed: close it, or write {escaped} for plain characters':
    'не закрыто: закройте или для обычных символов напишите {escaped}',
  'it is not closed before the {other} after it: close it first, or write {escaped} for plain characters':
    'не закрыто до следующего {other}: сначала закройте или для обычных символов напишите {escaped}',
  'there is nothing between it and the one before: write {escaped} for plain characters':
    'между ним и предыдущим ничего нет: для обычных символов напишите {escaped}',
  'it may have at most {max} bytes': 'в адресе может быть не больше {max} байт',
  'it is never closed: write {tag}': 'тег не закрыт: напишите {tag}',
  'it has the attribute {name} twice': 'атрибут {name} указан дважды',
  'at most {max} tags may be open at once': 'одновременно может быть открыто не больше {max} тегов',
  'it may not have the attribute {name}': 'атрибут {name} здесь не поддерживается',
  'it is not supported (supported: {tags}): write &lt; for the character':
    'тег не поддерживается (поддерживаются {tags}): вместо знака напишите &lt;',
  'the open tag is {tag}: close that first': 'открыт тег {tag}: сначала закройте его',
} as const;
