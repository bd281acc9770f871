/** States of an account, and steps of a sign-in. */
export const ACCOUNTS = {
  'Telegram has accepted the code and wants the password. Start the sign-in again.':
    'Telegram принял код и ждёт пароль. Начните вход заново.',
  'Telegram has accepted the sign-in, but it is not saved yet. Once accounts can be saved, call verify (or qr) again: that completes it.':
    'Telegram принял вход, но он ещё не сохранён. Когда аккаунты снова можно будет сохранять, вызовите verify (или qr) ещё раз: это завершит вход.',
  'A code was sent, but this sign-in could not be saved. Start it again once accounts can be saved.':
    'Код отправлен, но сохранить этот вход не удалось. Начните заново, когда аккаунты снова можно будет сохранять.',
  'A QR sign-in is pending: its code has not been scanned yet.':
    'Ожидается вход по QR-коду: его код ещё не отсканирован.',
  'Resume the account.': 'Возобновите аккаунт.',
  'Telegram does not know this session, or no longer.': 'Telegram не знает эту сессию (или уже не знает).',
  'Its session was exported. Resume the account only if nobody else uses the session; else disconnect it with logout false and forget true.':
    'Сессию выгрузили. Возобновляйте аккаунт, только если ею больше никто не пользуется; иначе отключите его с logout: false и forget: true.',
  'Finish the sign-in: the stored session cannot be read, and queued messages wait for a new one.':
    'Завершите вход: сохранённую сессию не удаётся прочитать, сообщения в очереди ждут новой.',
  'Nothing has to be done: the known peers could not be read and are looked up again. An id that is not found needs a username or phone once.':
    'Делать ничего не нужно: известные собеседники не прочитались и ищутся заново. Если id не найдётся, один раз укажите username или телефон.',
  'Nothing was changed.': 'Ничего не изменено.',
  'The disk for accounts is read-only (EROFS).': 'Диск с аккаунтами доступен только для чтения (EROFS).',
  'Telegram has ended this session: sign in again.': 'Telegram завершил эту сессию: войдите заново.',
  'The connection of the account has changed while this was read.':
    'Соединение аккаунта сменилось во время чтения.',
  'This worker does not serve the account.': 'Этот воркер не обслуживает аккаунт.',
} as const;
