#!/usr/bin/env bash
# Puts the sessions of a backup (deploy/backup.sh) into an empty DATA_DIR (./data).
#   deploy/restore.sh backup.tar.gz     - reads it from standard input
# Only where nothing else uses these sessions any more: Telegram ends a session that two systems use at once, for good.
# A copy of Redis in the archive is left beside them as dump.rdb; docs/backup.md says when to use it.
set -euo pipefail
umask 077

archive=${1:?usage: deploy/restore.sh <archive.tar.gz>, or - for standard input}
data=${DATA_DIR:-./data}
for name in telegram_sessions telegram_auth.json; do
  [[ ! -e $data/$name ]] || {
    echo "$data/$name exists: stop the gateway, move it away, and restore again" >&2
    exit 1
  }
done
mkdir -p "$data"
tar -C "$data" --strip-components=1 -xzf "$archive"
# Files that root restores belong to the gateway's user, if the directory does.
[[ $EUID -ne 0 ]] || chown -R --reference="$data" "$data"
sessions=$(find "$data/telegram_sessions" -name '*.session' | wc -l)
echo "Restored to $data: $sessions session files. Put the sealing key back before the first start." >&2
[[ ! -e $data/dump.rdb ]] || echo "The copy of Redis is $data/dump.rdb: see docs/backup.md before you use it." >&2
