/** Why Redis cannot be used. */
export const REDIS = {
  'it refuses the user or password in REDIS_URL (WRONGPASS)':
    'он не принимает имя или пароль из REDIS_URL (WRONGPASS)',
  'it requires a password, and REDIS_URL has none (NOAUTH)':
    'он требует пароль, а в REDIS_URL его нет (NOAUTH)',
  'the user in REDIS_URL may not run a command that is needed (NOPERM)':
    'пользователю из REDIS_URL запрещена нужная команда (NOPERM)',
  'it is in protected mode: set a password in Redis and in REDIS_URL':
    'он в защищённом режиме: задайте пароль в Redis и в REDIS_URL',
  'it has reached its limit of connections (maxclients)': 'достигнут предел соединений (maxclients)',
  'it is no cluster: use redis:// in REDIS_URL': 'это не кластер: укажите в REDIS_URL redis://',
  'it is no Sentinel: use redis:// in REDIS_URL, or the port of a Sentinel':
    'это не Sentinel: укажите в REDIS_URL redis:// или порт Sentinel',
  'it is loading its data': 'он загружает данные',
  'it is a read-only replica: REDIS_URL must name the primary':
    'это реплика только для чтения: в REDIS_URL нужен основной сервер',
  'it is a replica that has lost its primary (MASTERDOWN)':
    'это реплика, потерявшая основной сервер (MASTERDOWN)',
  'the server at that port is not a Redis, or it requires TLS (rediss://)':
    'на этом порту не Redis, или он требует TLS (rediss://)',
  'it does not speak TLS at that port: use redis://, or its TLS port':
    'на этом порту нет TLS: укажите redis:// или порт с TLS',
  'no Sentinel in REDIS_URL answers; it must name their port (26379), not that of Redis':
    'ни один Sentinel из REDIS_URL не отвечает; нужен их порт (26379), а не порт Redis',
  'no Sentinel knows a primary by the name in REDIS_URL':
    'ни один Sentinel не знает основного сервера с именем из REDIS_URL',
  'it does not answer in time: it hangs, a firewall is in between, or only one side speaks TLS':
    'он не отвечает вовремя: завис, мешает межсетевой экран или TLS включён только с одной стороны',
  'there is no network route to its host': 'к его адресу нет маршрута в сети',
  'the connection was closed; if Redis requires TLS, use rediss://':
    'соединение закрыто; если Redis требует TLS, укажите rediss://',
  'the connection failed': 'соединение прервалось',
  'it is out of memory (maxmemory)': 'не хватает памяти (maxmemory)',
  'it cannot save to its disk': 'он не может сохранять на диск',
  'it has too few replicas (min-replicas-to-write)': 'у него слишком мало реплик (min-replicas-to-write)',
  'it is a read-only replica': 'это реплика только для чтения',
} as const;
