/** What a successful step says. */
export const ANSWERS = {
  'Code sent to Telegram': 'Код отправлен в Telegram',
  'Code sent by SMS': 'Код отправлен по SMS',
  'Code sent by SMS: it is a word': 'Код отправлен по SMS: это слово',
  'Code sent by SMS: it is a word, beginning with {detail}':
    'Код отправлен по SMS: это слово, которое начинается с {detail}',
  'Code sent by SMS: it is a phrase': 'Код отправлен по SMS: это фраза',
  'Code sent by SMS: it is a phrase, beginning with {detail}':
    'Код отправлен по SMS: это фраза, которая начинается с {detail}',
  'Telegram calls the phone and says the code': 'Telegram позвонит и продиктует код',
  'Telegram calls the phone and hangs up: the code is the number that calls':
    'Telegram позвонит и сбросит звонок: код — номер, с которого звонят',
  'Telegram calls the phone and hangs up: the code is the number that calls ({detail})':
    'Telegram позвонит и сбросит звонок: код — номер, с которого звонят ({detail})',
  'Telegram calls the phone and hangs up: the code is the last few digits of the number that calls':
    'Telegram позвонит и сбросит звонок: код — последние цифры номера, с которого звонят',
  'Telegram calls the phone and hangs up: the code is the last {digits} digits of the number that calls':
    'Telegram позвонит и сбросит звонок: код — последние цифры ({digits}) номера, с которого звонят',
  'Telegram calls the phone and hangs up: the code is the last few digits of the number that calls, beginning with {detail}':
    'Telegram позвонит и сбросит звонок: код — последние цифры номера, с которого звонят; он начинается с {detail}',
  'Telegram calls the phone and hangs up: the code is the last {digits} digits of the number that calls, beginning with {detail}':
    'Telegram позвонит и сбросит звонок: код — последние цифры ({digits}) номера, с которого звонят; он начинается с {detail}',
  'Code sent by e-mail': 'Код отправлен на электронную почту',
  'Code sent by e-mail to {detail}': 'Код отправлен на электронную почту {detail}',
  'Code sent to fragment.com': 'Код отправлен на fragment.com',
  'Code sent to fragment.com: {detail}': 'Код отправлен на fragment.com: {detail}',
  'No code is sent before the account has an e-mail address for sign-ins: set it up in an official app':
    'Код не придёт, пока у аккаунта нет адреса почты для входа: укажите его в официальном приложении',
  'Telegram shows this code to its official apps only: ask for the next way (resend), or sign in by QR code':
    'Этот код Telegram показывает только своим приложениям: запросите другой способ (resend) или войдите по QR-коду',
  'Telegram has sent the code in a way that is not known here: look in the Telegram app, SMS and e-mail':
    'Telegram отправил код неизвестным здесь способом: посмотрите в приложении Telegram, в SMS и в почте',
  'Two-factor authentication is on: verify again with the password':
    'Включена двухэтапная проверка: повторите verify с паролем',
  'Successfully authorized': 'Вход выполнен',
  'Sign-in cancelled': 'Вход отменён',
  Paused: 'Аккаунт приостановлен',
  Resumed: 'Аккаунт возобновлён',
  'Pace set': 'Темп отправки установлен',
  Disconnected: 'Аккаунт отключён',
  Imported: 'Сессия импортирована',
  'Keep it safe': 'Храните её в надёжном месте',
} as const;
