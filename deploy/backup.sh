#!/usr/bin/env bash
# Writes a backup of the sessions, and of Redis if it is named, as one archive that only its owner can read.
#   deploy/backup.sh backup.tar.gz
# Reads DATA_DIR (./data) and, if it is set, REDIS_URL. With SESSION_STORE=redis the sessions are in Redis, so REDIS_URL
# is needed. The sealing key is left out on purpose: keep it in another place.
set -euo pipefail
umask 077

target=${1:?usage: deploy/backup.sh <archive.tar.gz>}
data=${DATA_DIR:-./data}
[[ ! -e $target ]] || { echo "$target exists already: choose another name" >&2; exit 1; }
[[ -d $data/telegram_sessions || -n ${REDIS_URL:-} ]] || {
  echo "$data has no telegram_sessions: set DATA_DIR, or REDIS_URL where the sessions are in Redis" >&2
  exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/gateway"
# Each file is replaced as a whole, so a copy of a running system has whole files.
for name in telegram_sessions telegram_auth.json; do
  [[ ! -e $data/$name ]] || cp -a "$data/$name" "$work/gateway/"
done
if [[ -n ${REDIS_URL:-} ]]; then
  redis-cli -u "$REDIS_URL" --no-auth-warning --rdb "$work/gateway/dump.rdb" >/dev/null
fi
tar -C "$work" -czf "$target.part" gateway
mv "$target.part" "$target"
echo "$target: $(tar -tzf "$target" | grep -c '\.session$') session files$([[ -z ${REDIS_URL:-} ]] || echo ', and Redis')"
echo "Keep the sealing key elsewhere: SESSION_ENCRYPTION_KEY, or $data/session_encryption.key."
