#!/usr/bin/env bash
# Writes a backup of the sessions, and of Redis if it is named, as one archive that only its owner can read.
#   deploy/backup.sh backup.tar.gz     - writes it to standard output
# Reads DATA_DIR (./data) and, if it is set, REDIS_URL. With SESSION_STORE=redis the sessions are in Redis, so REDIS_URL
# is needed. The sealing key is left out on purpose: keep it in another place.
set -euo pipefail
umask 077

target=${1:?usage: deploy/backup.sh <archive.tar.gz>, or - for standard output}
data=${DATA_DIR:-./data}

stop() {
  echo "$1" >&2
  exit 1
}

# Each session is replaced as a whole, so its copy is whole. Files that are being written have other names.
copy_sessions() {
  find "$data/telegram_sessions" -maxdepth 1 \( -name '*.session' -o -name '*.peers' \) -print0 |
    xargs -0 -r cp -p -t "$work/gateway/telegram_sessions"
}

# The password is not shown in the list of processes. An empty one would be sent, and refused.
copy_redis() {
  [[ $REDIS_URL =~ ^(rediss?)://(([^:@/]*)(:([^@/]*))?@)?([^@/?]+)(/[0-9]*)?$ ]] ||
    stop 'REDIS_URL must name one server, as redis://user:password@host:port. Of several servers, name a replica.'
  local scheme=${BASH_REMATCH[1]} user password host=${BASH_REMATCH[6]}
  user=$(unescaped "${BASH_REMATCH[3]}")
  password=$(unescaped "${BASH_REMATCH[5]}")
  command -v redis-cli >/dev/null ||
    stop 'redis-cli is needed to copy Redis. Install it, or set REDIS_URL= to back up the sessions alone.'
  local options=(-u "$scheme://$host" ${user:+--user "$user"} ${REDIS_TLS_CA:+--cacert "$REDIS_TLS_CA"})
  [[ -z $password ]] || export REDISCLI_AUTH=$password
  redis-cli "${options[@]}" --rdb "$work/gateway/dump.rdb" >"$work/redis-cli" 2>&1 ||
    stop "redis-cli could not copy Redis: $(tail -n 1 "$work/redis-cli")"
}

unescaped() {
  local text=${1//\\/\\\\}
  printf '%b' "${text//%/\\x}"
}

[[ $target == - || ! -e $target ]] || stop "$target exists already: choose another name"
[[ -d $data/telegram_sessions || -n ${REDIS_URL:-} ]] ||
  stop "$data has no telegram_sessions: set DATA_DIR, or REDIS_URL where the sessions are in Redis"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/gateway/telegram_sessions"
if [[ -d $data/telegram_sessions ]]; then
  # The second time, a session that was deleted during the first is no longer listed.
  copy_sessions 2>/dev/null || copy_sessions
fi
[[ ! -e $data/telegram_auth.json ]] || cp -p "$data/telegram_auth.json" "$work/gateway/"
[[ -z ${REDIS_URL:-} ]] || copy_redis

sessions=$(find "$work/gateway/telegram_sessions" -name '*.session' | wc -l)
if [[ $target == - ]]; then
  tar -C "$work" -czf - gateway
else
  tar -C "$work" -czf "$target.part" gateway
  mv "$target.part" "$target"
fi
echo "Backed up: $sessions session files$([[ -z ${REDIS_URL:-} ]] || echo ', and Redis')." >&2
echo "Keep the sealing key elsewhere: SESSION_ENCRYPTION_KEY, or $data/session_encryption.key." >&2
