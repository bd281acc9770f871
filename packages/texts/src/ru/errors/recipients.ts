/** Recipients that cannot be read, or that an account cannot reach. */
export const RECIPIENTS = {
  'is not an id that Telegram gives out': 'таких id Telegram не выдаёт',
  'is not a username: those have 3 to 32 characters of a-z, 0-9 and _, and begin with a letter':
    'это не username: в нём от 3 до 32 символов a-z, 0-9 и _, первый — буква',
  'must begin with + and the country code, such as +79991234567: write + in place of 00':
    'номер начинается с + и кода страны, например +79991234567: вместо 00 напишите +',
  'must begin with + and the country code, such as +79991234567 (8 999… in Russia is +7 999…)':
    'номер начинается с + и кода страны, например +79991234567 (8 999… в России — это +7 999…)',
  'must be a phone number with its country code, such as +79991234567: 7 to 15 digits after the +':
    'нужен номер телефона с кодом страны, например +79991234567: после + от 7 до 15 цифр',
  'is an invite link without a valid code: copy the whole link again':
    'это ссылка-приглашение без правильного кода: скопируйте ссылку целиком',
  'is an invite link: join the chat with this account first, then use its -100… id':
    'это ссылка-приглашение: сначала вступите в чат этим аккаунтом, затем укажите его id -100…',
  'is a Telegram link that names no chat: use @username, +phone, a numeric id or a link to a person or chat':
    'это ссылка Telegram, которая не ведёт в чат: укажите @username, +телефон, числовой id или ссылку на человека или чат',
  'is not a link to a Telegram chat: those begin with https://t.me/':
    'это не ссылка на чат Telegram: такие начинаются с https://t.me/',
  'is a link whose number may be that of a group or of a channel: use -100 followed by it for a supergroup or channel, - followed by it for a basic group':
    'число в этой ссылке может быть и номером группы, и номером канала: для супергруппы или канала напишите перед ним -100, для обычной группы — просто -',
  'is a link to a folder of chats: use the link or id of one of them':
    'это ссылка на папку чатов: укажите ссылку или id одного из них',
  'is a link that shares a text and names no chat: use @username, +phone or a numeric id':
    'это ссылка, чтобы поделиться текстом, чата в ней нет: укажите @username, +телефон или числовой id',
  'is a business link, which does not say whose it is: use the @username or +phone of the business':
    'это бизнес-ссылка, по ней не видно, чья она: укажите @username или +телефон компании',
  'is a temporary contact link, which does not say whose it is: use @username or +phone':
    'это временная ссылка на контакт, по ней не видно, чья она: укажите @username или +телефон',
  'is neither an id, which has digits alone, nor a phone number, which begins with + and the country code':
    'это не id (в нём только цифры) и не номер телефона (он начинается с + и кода страны)',
  'must be a numeric id, @username, +phone, me (Saved Messages), a link such as https://t.me/name, or -100… for a channel':
    'нужен числовой id, @username, +телефон, me (Избранное), ссылка вида https://t.me/name или -100… для канала',
  'names a person, with whom a chat is neither joined nor left':
    'это человек, а вступить в чат с человеком или выйти из него нельзя',
  'A bot can write only to people who have written to it first: have them open the bot and press Start.':
    'Бот может писать только тем, кто написал ему первым: попросите человека открыть бота и нажать «Старт».',
  'Telegram has said so already': 'Telegram уже так ответил',
  'Telegram does not let this account write to itself.':
    'Telegram не разрешает этому аккаунту писать самому себе.',
  'No Telegram account is reachable by this phone number: check it, or add it to the contacts of this account.':
    'По этому номеру телефона аккаунт Telegram недоступен: проверьте номер или добавьте его в контакты этого аккаунта.',
  'This account is in no group with this id: join it first. A supergroup or channel has an id that begins with -100.':
    'Этот аккаунт не состоит в группе с таким id: сначала вступите в неё. У супергрупп и каналов id начинается с -100.',
  'This account knows no channel or supergroup with this id: join it first, or write to it once by @username.':
    'Этот аккаунт не знает канала или супергруппы с таким id: сначала вступите или один раз напишите по @username.',
  'Write to them once by @username or +phone, add them to the contacts, or open a chat with them in an app; then the id works too.':
    'Один раз напишите человеку по @username или +телефону, добавьте его в контакты или откройте чат с ним в приложении; после этого подойдёт и id.',
  'Telegram does not let this account write there': 'Telegram не разрешает этому аккаунту писать туда',
  'Telegram does not let this account into this channel or supergroup: join it first, or write to it once by @username.':
    'Telegram не пускает этот аккаунт в этот канал или супергруппу: сначала вступите или один раз напишите по @username.',
  'A bot cannot write to itself.': 'Бот не может писать самому себе.',
  'Telegram does not let this bot write there: add the bot to the group or channel first, as an administrator of a channel.':
    'Telegram не разрешает этому боту писать туда: сначала добавьте бота в группу или канал (в канал — администратором).',
  '{problemWords}; in a query, %2B stands for +': '{problemWords}; в строке запроса вместо + пишите %2B',
  'is not an id that Telegram gives out: ids do not begin with 0, and a phone number begins with + and the country code':
    'таких id Telegram не выдаёт: id не начинается с 0, а номер телефона начинается с + и кода страны',
  'is not an id that Telegram gives out to a chat: it is one of a secret chat':
    'таких id Telegram чатам не выдаёт: это id секретного чата',
  'is not an id that Telegram gives out: a phone number needs its +':
    'таких id Telegram не выдаёт: номеру телефона нужен +',
  'is not a username: those have 3 to 32 characters of a-z, 0-9 and _, and begin with a letter. It holds {character}':
    'это не username: в нём от 3 до 32 символов a-z, 0-9 и _, первый — буква. Здесь есть {character}',
  'must be a phone number with its country code, such as +79991234567: {character} is no part of one':
    'нужен номер телефона с кодом страны, например +79991234567: {character} в нём не бывает',
  'Telegram has said so already; it is asked again from {time} on.':
    'Telegram уже так ответил; снова его спросят не раньше {time}.',
  'Telegram said so at {since}; it is asked again from {time} on.':
    'Так ответил Telegram в {since}; снова его спросят не раньше {time}.',
  'Nobody has the username @{username}.': 'Имени пользователя @{username} ни у кого нет.',
  'This account has never met a user with this id.': 'Этот аккаунт ещё не встречал пользователя с таким id.',
  'If this is a phone number, write it with its +: {phone}.':
    'Если это номер телефона, напишите его с +: {phone}.',
  'A bot cannot look up phone numbers: use the id or @username.':
    'Бот не может искать по номеру телефона: укажите id или @username.',
  'This bot knows no user with this id.': 'Этот бот не знает пользователя с таким id.',
  '@{username} exists, but Telegram does not let this account write there: open the chat in an app with this account, or join it, then send again.':
    '@{username} существует, но Telegram не разрешает этому аккаунту писать туда: откройте чат этим аккаунтом в приложении или вступите в него, затем отправьте снова.',
  'The phone number has a Telegram account, but Telegram does not let this account write there: open the chat in an app with this account, then send again.':
    'По этому номеру есть аккаунт Telegram, но писать туда Telegram не разрешает: откройте чат этим аккаунтом в приложении, затем отправьте снова.',
  'Telegram does not let this account write there by the id.':
    'Telegram не разрешает этому аккаунту писать туда по id.',
  '@{username} exists, but Telegram does not let this bot write there.':
    '@{username} существует, но Telegram не разрешает этому боту писать туда.',
  'A group or channel must add it.': 'Группа или канал должны его добавить.',
  'Telegram does not let this bot write there.': 'Telegram не разрешает этому боту писать туда.',
} as const;
