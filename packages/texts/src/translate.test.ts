import { describe, expect, test } from 'vitest';
import { translate } from './translate.ts';

const russian = (english: string) => translate(english, 'ru');

describe('A sentence of an error', () => {
  test('stays as it is in English', () => {
    expect(translate('There is nothing at this path.', 'en')).toBe('There is nothing at this path.');
  });

  test.each([
    ['There is nothing at this path.', 'По этому пути ничего нет.'],
    ['The file has 12 bytes.', 'В файле 12 байт.'],
    ['must be at most 21 characters', 'не больше 21 символа'],
    ['must be at most 1024 characters', 'не больше 1024 символов'],
    ['must be markdown, html or none', 'нужно markdown, html или none'],
    ['must be a string, or must be a whole number', 'нужна строка или нужно целое число'],
    [
      'is required, or else media, poll or contact',
      'обязательное поле, либо укажите media, poll или contact',
    ],
    ['must be a list of messages', 'нужен список сообщений'],
    [
      'must be a JSON object with the list in it: {"messages":[…]}',
      'нужен объект JSON, а в нём список: {"messages":[…]}',
    ],
  ])('%j is %j', (english, expected) => {
    expect(russian(english)).toBe(expected);
  });

  test('names the field of a request, and what is wrong with it', () => {
    expect(russian('The body must be a JSON object')).toBe('Тело запроса: нужен объект JSON');
    expect(russian('messages.0.text must not be empty')).toBe('messages.0.text: не должно быть пустым');
    expect(russian('phone_code must be the 5 digits of the code: this has 4. Telegram was not asked.')).toBe(
      'phone_code: в коде 5 цифр, а здесь 4. Telegram не спрашивали.',
    );
  });

  test('is translated with the sentences in it, and with those after it', () => {
    const error = 'no connection to data centre 2 (149.154.167.50:443) (ECONNREFUSED)';
    expect(russian(`Telegram is not reachable: ${error}. It may have taken effect.`)).toBe(
      'Telegram недоступен: нет соединения: дата-центр 2 (149.154.167.50:443) (ECONNREFUSED). Действие могло произойти.',
    );
  });

  test.each([
    ['the receiver answered 500', 'получатель ответил 500'],
    ['no answer within 10000 ms', 'нет ответа за 10000 мс'],
    [
      'not reachable: nothing accepts connections there (ECONNREFUSED)',
      'недоступен: там никто не принимает соединения (ECONNREFUSED)',
    ],
    ['not reachable: E_NEW', 'недоступен: E_NEW'],
    [
      'The address is not reachable: its certificate has expired (CERT_HAS_EXPIRED).',
      'Адрес недоступен: срок его сертификата истёк (CERT_HAS_EXPIRED).',
    ],
    ['not reachable: hook.example has no address', 'недоступен: у hook.example нет адреса'],
  ])('says why a webhook was not delivered: %j is %j', (english, expected) => {
    expect(russian(english)).toBe(expected);
  });

  test('keeps the words of other programs', () => {
    expect(russian('The assistant failed (500). It said: Try it later. Or not.')).toBe(
      'У ассистента произошёл сбой (500). Ответ ассистента: Try it later. Or not.',
    );
    expect(russian('The file is lost. There is nothing at this path.')).toBe(
      'The file is lost. По этому пути ничего нет.',
    );
  });

  test.each(['', 'Nobody knows this one.', '{', 'must', 'There is nothing', 'x'.repeat(10_000)])(
    'that the catalogue does not have stays English: %j',
    (english) => {
      expect(russian(english)).toBe(english);
    },
  );
});
