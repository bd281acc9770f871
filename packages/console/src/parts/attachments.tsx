import { useEffect, useRef, useState } from 'preact/hooks';
import { useObjectUrl } from '../lib/browser/object-url.ts';
import { MEDIA_WORDS, typesFor, type MediaType } from '../lib/messages/media-words.ts';
import { uploadFile } from '../lib/upload.ts';
import { useWords } from '../lib/words.ts';
import { ErrorNotice } from './notice.tsx';

/** An uploaded file, as it outlives a reload of the page. */
export interface KeptFile {
  name: string;
  size: number;
  type: MediaType;
  uploadId: string;
}

/** A file of the message that is being written. */
interface Attachment extends Omit<KeptFile, 'uploadId'> {
  /** Names it in this form. */
  id: number;
  /** `null`: it was uploaded before the page was loaded again. */
  file: File | null;
  /** From 0 to 1. */
  progress: number;
  uploadId: string | null;
  problem: unknown;
}

/** What the form needs of its attachments. */
export interface Attachments {
  list: readonly Attachment[];
  /** Adds files and begins to upload them. */
  add: (files: Iterable<File>) => void;
  setType: (id: number, type: MediaType) => void;
  remove: (id: number) => void;
  clear: () => void;
  /** The files of the send; `null` while one is not uploaded. */
  kept: readonly KeptFile[] | null;
}

let lastId = 0;

function newId(): number {
  lastId += 1;
  return lastId;
}

function restored(kept: KeptFile): Attachment {
  return { ...kept, id: newId(), file: null, progress: 1, problem: null };
}

/** The files of a form, uploaded while the person writes. */
export function useAttachments(userId: string, before: readonly KeptFile[]): Attachments {
  const [list, setList] = useState<readonly Attachment[]>(() => before.map(restored));
  const uploads = useRef(new Map<number, AbortController>());
  const change = (id: number, changed: Partial<Attachment>) =>
    setList((former) => former.map((each) => (each.id === id ? { ...each, ...changed } : each)));
  const begin = (id: number, file: File) => {
    const abort = new AbortController();
    uploads.current.set(id, abort);
    uploadFile(userId, file, (progress) => change(id, { progress }), abort.signal)
      .then(
        ({ upload_id, mime_type }) =>
          change(id, {
            uploadId: upload_id,
            progress: 1,
            // The browser knows the type by the name alone, the gateway by the bytes.
            ...(file.type === '' && { type: typesFor(mime_type)[0] ?? 'document' }),
          }),
        (error: unknown) => change(id, { problem: error }),
      )
      .finally(() => uploads.current.delete(id));
  };
  const remove = (id: number) => {
    uploads.current.get(id)?.abort();
    setList((former) => former.filter((each) => each.id !== id));
  };
  useEffect(() => () => uploads.current.forEach((abort) => abort.abort()), []);
  const kept = list.flatMap(({ name, size, type, uploadId }) =>
    uploadId === null ? [] : [{ name, size, type, uploadId }],
  );
  return {
    list,
    add: (files) => {
      for (const file of files) {
        const type = typesFor(file.type)[0] ?? 'document';
        const { name, size } = file;
        const added = { id: newId(), name, size, file, type, progress: 0, uploadId: null, problem: null };
        setList((former) => [...former, added]);
        begin(added.id, file);
      }
    },
    setType: (id, type) => change(id, { type }),
    remove,
    clear: () => setList([]),
    kept: kept.length === list.length ? kept : null,
  };
}

/** The files of a message, each with its progress. */
export function AttachmentList({ attachments }: { attachments: Attachments }) {
  const { t } = useWords();
  if (attachments.list.length === 0) return null;
  return (
    <ul class="attachments" aria-label={t('Attached files')}>
      {attachments.list.map((each) => (
        <Attached key={each.id} attachment={each} attachments={attachments} />
      ))}
    </ul>
  );
}

function Attached({ attachment, attachments }: { attachment: Attachment; attachments: Attachments }) {
  const { t, say } = useWords();
  const { id, name, file, type, progress, uploadId, problem } = attachment;
  const types = typesFor(file?.type ?? '');
  return (
    <li class="attachment">
      <span class="file-name">{name}</span>
      {types.length > 1 && (
        <select
          aria-label={t('Send {name} as', { name })}
          value={type}
          onChange={({ currentTarget }) => attachments.setType(id, currentTarget.value as MediaType)}
        >
          {types.map((each) => (
            <option key={each} value={each}>
              {say(MEDIA_WORDS[each])}
            </option>
          ))}
        </select>
      )}
      {uploadId === null && problem === null && (
        <progress aria-label={t('Upload of {name}', { name })} max={1} value={progress} />
      )}
      <button
        type="button"
        class="small"
        aria-label={t('Remove {name}', { name })}
        onClick={() => attachments.remove(id)}
      >
        {t('Remove')}
      </button>
      <ErrorNotice error={problem} />
    </li>
  );
}

/** The files as their message will show them. */
export function AttachmentPreview({ attachments }: { attachments: Attachments }) {
  return (
    <div class="shown-files">
      {attachments.list.map((each) => (
        <FilePreview key={each.id} {...each} />
      ))}
    </div>
  );
}

function FilePreview({ file, type, name, size }: Attachment) {
  const { bytes } = useWords();
  const url = useObjectUrl(type === 'document' ? null : file);
  const kind = file?.type.split('/')[0];
  if (url !== null && kind === 'image') return <img class={`shown-media ${type}`} src={url} alt={name} />;
  if (url !== null && kind === 'video')
    return <video class={`shown-media ${type}`} src={url} controls muted aria-label={name} />;
  if (url !== null && kind === 'audio') return <audio src={url} controls aria-label={name} />;
  return (
    <span class="file-row">
      <span class="file-icon" aria-hidden="true" />
      <span class="file-name">{name}</span>
      <span class="sub">{bytes(size)}</span>
    </span>
  );
}

interface AttachButtonProps {
  attachments: Attachments;
  label?: string;
  /** Whether it chooses several files at once. */
  multiple?: boolean;
}

/** A button that chooses files. */
export function AttachButton({ attachments, label: given, multiple = true }: AttachButtonProps) {
  const { t } = useWords();
  const label = given ?? t('Attach a file');
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple={multiple}
        aria-label={multiple ? t('Files to attach') : label}
        onChange={({ currentTarget }) => {
          attachments.add(currentTarget.files ?? []);
          // The same file can be chosen again after it was removed.
          currentTarget.value = '';
        }}
      />
      <button type="button" class="small" onClick={() => input.current?.click()}>
        {label}
      </button>
    </>
  );
}

/** Handlers of an element on which files can be dropped, or into which they can be pasted. */
export function useDrop(attachments: Attachments) {
  const [isOver, setIsOver] = useState(false);
  const take = (event: Event, data: DataTransfer | null) => {
    if (data === null || data.files.length === 0) return;
    event.preventDefault();
    attachments.add(data.files);
  };
  return {
    'data-over': isOver,
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      setIsOver(true);
    },
    onDragLeave: () => setIsOver(false),
    onDrop: (event: DragEvent) => {
      setIsOver(false);
      take(event, event.dataTransfer);
    },
    onPaste: (event: ClipboardEvent) => take(event, event.clipboardData),
  };
}
