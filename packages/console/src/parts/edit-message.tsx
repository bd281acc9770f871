import { useState } from 'preact/hooks';
import { useGateway } from '../lib/gateway.ts';
import { useAction } from '../lib/hooks.ts';
import { ErrorNotice } from './notice.tsx';

interface EditMessageProps {
  userId: string;
  recipient: string;
  messageId: number;
  /** The text to begin with. */
  text: string;
  onDone: () => void;
}

/** A form that gives a sent message a new text. */
export function EditMessage({ userId, recipient, messageId, text, onDone }: EditMessageProps) {
  const { client } = useGateway();
  const [draft, setDraft] = useState(text);
  const save = useAction(async () => {
    const request = { user_id: userId, recipient_id: recipient, message_id: messageId, text: draft };
    await client.act('message.edit', request, { respondAsync: true });
    onDone();
  });
  return (
    <form
      class="edit"
      aria-label={`Edit message ${messageId}`}
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      <textarea
        aria-label="New text"
        rows={3}
        required
        value={draft}
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
      />
      <ErrorNotice error={save.error} />
      <div class="buttons">
        <button type="submit" class="primary small" disabled={save.busy || draft.trim() === ''}>
          Save
        </button>
        <button type="button" class="small" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}
