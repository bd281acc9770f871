/** About an account's own proxy and device. */
export const NETWORK = {
  'The own proxy of the account does not lead to Telegram.':
    'Собственный прокси аккаунта не ведёт к Telegram.',
  'Check the proxy, or give the account another by /telegram/user/proxy. Queued messages wait; the account is never connected without it.':
    'Проверьте прокси или задайте другой через /telegram/user/proxy. Сообщения в очереди ждут; без прокси аккаунт не подключается.',
  'The own proxy of the account cannot be read with this SESSION_ENCRYPTION_KEY: set it again.':
    'Собственный прокси аккаунта не читается с этим SESSION_ENCRYPTION_KEY: задайте его снова.',
  "the account's proxy {problemWords}": 'прокси аккаунта {problemWords}',
  "the account's proxy does not get through ({why})": 'прокси аккаунта не соединяет ({why})',
  "the account's proxy does not lead to Telegram: check its secret":
    'прокси аккаунта не ведёт к Telegram: проверьте его секрет',
  'Proxy set': 'Прокси задан',
  'must be socks5://user:password@host:port, http://user:password@host:port or mtproxy://secret@host:port':
    'должно быть socks5://имя:пароль@хост:порт, http://имя:пароль@хост:порт или mtproxy://секрет@хост:порт',
  'must name the port of the proxy': 'должен быть указан порт прокси',
  'has a broken %-sequence before the @': 'перед @ стоит испорченная %-последовательность',
  'must have another secret: those with ee at the beginning (fake TLS) are not supported':
    'нужен другой секрет: секреты, которые начинаются с ee (fake TLS), не поддерживаются',
  'must have a secret of 32 hexadecimal digits, or of dd and 32 digits':
    'нужен секрет из 32 шестнадцатеричных цифр или из dd и 32 цифр',
  'must hold only printable characters of ASCII': 'допустимы только печатные символы ASCII',
  'must be a language, such as en or pt-br': 'должен быть язык, например en или pt-br',
} as const;
