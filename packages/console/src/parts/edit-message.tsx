import { useState } from 'preact/hooks';
import { useGateway } from '../lib/gateway.ts';
import { useAction } from '../lib/hooks.ts';
import { useWords } from '../lib/words.ts';
import { AttachButton, AttachmentList, useAttachments } from './attachments.tsx';
import { ErrorNotice } from './notice.tsx';

interface EditMessageProps {
  userId: string;
  recipient: string;
  messageId: number;
  /** The text to begin with. */
  text: string;
  /** Whether the message has a file, which can be replaced. It then needs no text. */
  hasFile: boolean;
  onDone: () => void;
}

/** A form that gives a sent message a new text, a new file, or both. */
export function EditMessage({ userId, recipient, messageId, text, hasFile, onDone }: EditMessageProps) {
  const { client } = useGateway();
  const { t } = useWords();
  const [draft, setDraft] = useState(text);
  const attachments = useAttachments(userId, []);
  const files = attachments.kept;
  const [file] = files ?? [];
  const isNew = draft.trim() !== '' && draft !== text;
  const save = useAction(async () => {
    const request = {
      user_id: userId,
      recipient_id: recipient,
      message_id: messageId,
      ...((isNew || file === undefined) && { text: draft }),
      ...(file !== undefined && { media: [{ type: file.type, upload_id: file.uploadId }] }),
    };
    await client.act('message.edit', request, { respondAsync: true });
    onDone();
  });
  const isBlank = draft.trim() === '' && file === undefined;
  return (
    <form
      class="edit"
      aria-label={t('Edit message {id}', { id: messageId })}
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      <textarea
        aria-label={t('New text')}
        rows={3}
        required={attachments.list.length === 0}
        value={draft}
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
      />
      <AttachmentList attachments={attachments} />
      <ErrorNotice error={save.error} />
      <div class="buttons">
        <button type="submit" class="primary small" disabled={save.busy || isBlank || files === null}>
          {t('Save')}
        </button>
        {hasFile && attachments.list.length === 0 && (
          <AttachButton attachments={attachments} label={t('Another file')} multiple={false} />
        )}
        <button type="button" class="small" onClick={onDone}>
          {t('Close')}
        </button>
      </div>
    </form>
  );
}
