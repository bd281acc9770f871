import type { TelegramMessage } from '@gateway/client';
import { useEffect, useState } from 'preact/hooks';
import { useObjectUrl } from '../../lib/browser/object-url.ts';
import { saveFile } from '../../lib/browser/save-file.ts';
import { useGateway } from '../../lib/gateway.ts';
import { useAction } from '../../lib/hooks.ts';
import { MEDIA_WORDS } from '../../lib/messages/media-words.ts';
import { useWords } from '../../lib/words.ts';
import { ErrorNotice } from '../notice.tsx';

type Media = NonNullable<TelegramMessage['media']>;

/** Photos up to this size are shown. Others are downloaded first. */
const SHOWN_BYTES = 5 * 1024 * 1024;

/** A message's file: a picture is shown, and every file can be downloaded. */
export function MessageMedia({ userId, media }: { userId: string; media: Media }) {
  const { client } = useGateway();
  const { t, say, bytes } = useWords();
  const { file_id: fileId, type, file_name: name, size } = media;
  const shownName = name ?? say(MEDIA_WORDS[type]);
  const [progress, setProgress] = useState<number | null>(null);
  const download = useAction(async () => {
    if (fileId === null) return;
    const file = await readAll(client.accounts.download(userId, fileId), setProgress);
    setProgress(null);
    saveFile(file.blob, name ?? file.fileName ?? type);
  });
  return (
    <figure class="shown">
      {type === 'photo' && fileId !== null && (size ?? 0) <= SHOWN_BYTES && (
        <Photo userId={userId} fileId={fileId} />
      )}
      <figcaption class="file-row">
        {type !== 'photo' && <span class="file-icon" aria-hidden="true" />}
        <span class="file-name">{shownName}</span>
        {size !== null && <span class="sub">{bytes(size)}</span>}
        {fileId !== null && (
          <button
            type="button"
            class="link"
            aria-label={t('Download {name}', { name: shownName })}
            disabled={download.busy}
            onClick={() => void download.run()}
          >
            {t('Download')}
          </button>
        )}
      </figcaption>
      {progress !== null && <progress aria-label={t('Download')} max={1} value={progress} />}
      <ErrorNotice error={download.error} />
    </figure>
  );
}

function Photo({ userId, fileId }: { userId: string; fileId: string }) {
  const { client } = useGateway();
  const { t } = useWords();
  const [blob, setBlob] = useState<Blob | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    readAll(client.accounts.download(userId, fileId, { size: 'x', signal: abort.signal })).then(
      (file) => setBlob(file.blob),
      () => {}, // The file can still be downloaded by the button, which shows the error.
    );
    return () => abort.abort();
  }, [client, userId, fileId]);
  const url = useObjectUrl(blob);
  return url === null ? null : <img class="shown-media photo" src={url} alt={t('Photo of the message')} />;
}

async function readAll(
  opening: ReturnType<ReturnType<typeof useGateway>['client']['accounts']['download']>,
  onProgress: (share: number) => void = () => {},
): Promise<{ blob: Blob; fileName: string | null }> {
  const { bytes: pieces, size, mimeType, fileName } = await opening;
  const parts: BlobPart[] = [];
  let received = 0;
  for await (const piece of pieces) {
    parts.push(new Uint8Array(piece));
    received += piece.byteLength;
    onProgress(received / size);
  }
  return { blob: new Blob(parts, { type: mimeType }), fileName };
}
