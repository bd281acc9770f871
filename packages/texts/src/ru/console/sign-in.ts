/** Texts of signing in. */
export const SIGN_IN = {
  'Sign in': 'Войти',
  'Sign in {account}': 'Вход: {account}',
  'This account is signed in.': 'Вход в этот аккаунт выполнен.',
  'Open it': 'Открыть',
  'Open {account}': 'Открыть {account}',
  'Cancel this sign-in': 'Отменить вход',
  'How to sign in': 'Способ входа',
  'By a code': 'По коду',
  'By a QR code': 'По QR-коду',
  'Name of the account in this gateway': 'Имя аккаунта в этом шлюзе',
  'Any name, such as alice. Programs use it, too.': 'Любое имя, например alice. Его используют и программы.',
  'Number of the Telegram account, with its country code.': 'Номер аккаунта Telegram с кодом страны.',
  'In the sandbox, use:': 'В песочнице используйте:',
  'Own network': 'Своя сеть',
  'Empty: as the account connected before, or as the gateway does.':
    'Пусто: как аккаунт подключался раньше или как шлюз.',
  'Send me the code': 'Получить код',
  'Show the QR code': 'Показать QR-код',

  'Telegram has sent a code.': 'Telegram отправил код.',
  'Telegram has sent a code to {phone}, {way}.': 'Telegram отправил код для {phone} {way}.',
  'in your Telegram app, in the chat "Telegram"': 'в ваше приложение Telegram, в чат «Telegram»',
  'by SMS': 'по SMS',
  'by a phone call': 'звонком',
  'by a call that rings once: the code is in its number': 'коротким звонком: код — в номере звонящего',
  'by a missed call: the code is in the last digits of its number':
    'пропущенным звонком: код — последние цифры номера звонящего',
  'by e-mail': 'по почте',
  'at fragment.com': 'на fragment.com',
  'by SMS, as a word': 'по SMS, словом',
  'by SMS, as a phrase': 'по SMS, фразой',
  'Another one comes {way}.': 'Следующий код придёт {way}.',
  Code: 'Код',
  '{count, plural, one {# character} other {# characters}}':
    '{count, plural, one {# знак} few {# знака} many {# знаков} other {# знака}}',
  'This is not the code. Check it again: no new code was sent.':
    'Код неверный. Проверьте ещё раз: новый код не отправлялся.',
  'Start again': 'Начать заново',
  'Another code in {time}': 'Новый код через {time}',
  'Send another code': 'Отправить новый код',
  'The sandbox sent:': 'Песочница отправила:',
  'Use it': 'Вставить',

  'This account has a password at Telegram (two-step verification).':
    'У этого аккаунта есть пароль Telegram (двухэтапная аутентификация).',
  Password: 'Пароль',
  'This is not the password.': 'Пароль неверный.',
  'Hint: {hint}': 'Подсказка: {hint}',

  'QR code': 'QR-код',
  'Open Telegram on your phone.': 'Откройте Telegram на телефоне.',
  'Settings → Devices → Link Desktop Device.': 'Настройки → Устройства → Подключить устройство.',
  'Point the phone at this picture.': 'Наведите камеру телефона на этот код.',
  'QR code that signs {account} in': 'QR-код для входа в {account}',
  'New code in': 'Новый код через',
  'Is Telegram on this device?': 'Telegram на этом же устройстве?',
  'Sign in with it': 'Войти через него',
  'Show a new one': 'Показать новый',
  'The sandbox has no phone. Scan as the owner of':
    'В песочнице нет телефона. Сканировать как владелец номера',
  Scan: 'Сканировать',
} as const;
