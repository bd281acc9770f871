import type { TelegramMessage } from '@gateway/client';
import { useState } from 'preact/hooks';
import { useGateway } from '../../lib/gateway.ts';
import { useAction } from '../../lib/hooks.ts';
import { useWords } from '../../lib/words.ts';
import { serviceInWords } from '../../texts/service-messages.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { EditMessage } from '../edit-message.tsx';
import { Formatted } from '../formatted.tsx';
import { ErrorNotice } from '../notice.tsx';
import { MessageMedia } from './message-media.tsx';

const REACTIONS = ['👍', '❤', '🔥', '🎉', '😁', '😢'];

interface MessageProps {
  userId: string;
  message: TelegramMessage;
  /** What became of it, of the account's own messages. */
  fate: 'sent' | 'read' | null;
  now: number;
  /** Called after an edit, a deletion or a reaction. */
  onChanged: () => void;
}

/** One message of a chat, with what can be done to it. */
export function Message({ userId, message, fate, now, onChanged }: MessageProps) {
  const { client } = useGateway();
  const { t, say, clock } = useWords();
  const [opened, setOpened] = useState<'edit' | 'delete' | 'react' | null>(null);
  const { message_id: id, chat, sender, direction, text, entities, media, service, date } = message;
  const target = { user_id: userId, recipient_id: chat.id };
  const react = useAction(async (emoji: string | null) => {
    await client.act('message.react', { ...target, message_id: id, emoji }, { wait: 10 });
    setOpened(null);
    onChanged();
  });
  const remove = useAction(async () => {
    const everywhere = chat.type !== 'channel' && chat.type !== 'supergroup';
    const request = {
      ...target,
      message_ids: [id],
      ...(everywhere && { for_everyone: direction === 'out' }),
    };
    await client.act('message.delete', request, { wait: 10 });
    onChanged();
  });
  if (service !== null) return <li class="message service">{say(serviceInWords(service.type))}</li>;
  const hasFile = media !== null && media.file_id !== null;
  const canEdit = direction === 'out' && message.forward_from === null && (text !== '' || hasFile);
  return (
    <li class={`message ${direction}`} data-message={id}>
      {direction === 'in' && sender !== null && chat.type !== 'private' && (
        <span class="sender">{sender.name || sender.id}</span>
      )}
      {opened === 'edit' ? (
        <EditMessage
          userId={userId}
          recipient={chat.id}
          messageId={id}
          text={text}
          hasFile={hasFile}
          onDone={() => {
            setOpened(null);
            onChanged();
          }}
        />
      ) : (
        <div class="bubble">
          {media !== null && <MessageMedia userId={userId} media={media} />}
          {message.redacted === true && <em class="sub">{t('Telegram’s own messages are not shown.')}</em>}
          {text !== '' && <Formatted text={text} entities={entities} />}
        </div>
      )}
      <div class="message-foot">
        <time class="sub" dateTime={date}>
          {clock(date, now)}
          {message.edit_date !== null && ` · ${t('edited')}`}
          {fate !== null && <span data-fate={fate}> · {fate === 'read' ? t('Read') : t('Sent')}</span>}
        </time>
        {message.redacted !== true && (
          <span class="message-actions">
            {canEdit && (
              <button type="button" class="link" onClick={() => setOpened('edit')}>
                {t('Edit')}
              </button>
            )}
            <button
              type="button"
              class="link"
              aria-expanded={opened === 'react'}
              onClick={() => setOpened(opened === 'react' ? null : 'react')}
            >
              {t('React')}
            </button>
            <button type="button" class="link" onClick={() => setOpened('delete')}>
              {t('Delete')}
            </button>
          </span>
        )}
      </div>
      {opened === 'react' && (
        <div class="chips" role="group" aria-label={t('Reactions')}>
          {REACTIONS.map((emoji) => (
            <button
              key={emoji}
              type="button"
              class="chip"
              disabled={react.busy}
              onClick={() => void react.run(emoji)}
            >
              {emoji}
            </button>
          ))}
          <button type="button" class="chip" disabled={react.busy} onClick={() => void react.run(null)}>
            {t('No reaction')}
          </button>
        </div>
      )}
      {opened === 'delete' && (
        <ConfirmDialog
          title={t('Delete this message?')}
          confirm={t('Delete it')}
          onConfirm={remove.run}
          onClose={() => setOpened(null)}
        >
          <p>
            {direction === 'out' || chat.type === 'channel' || chat.type === 'supergroup'
              ? t('It is deleted for everybody in the chat.')
              : t('It is deleted for this account only.')}
          </p>
        </ConfirmDialog>
      )}
      <ErrorNotice error={react.error ?? remove.error} />
    </li>
  );
}
