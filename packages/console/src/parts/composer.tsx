import type { OutgoingMessage } from '@gateway/client';
import { text as textOf, type Text } from '@gateway/texts';
import { useEffect, useId, useMemo, useState } from 'preact/hooks';
import { useGateway } from '../lib/gateway.ts';
import { useAction } from '../lib/hooks.ts';
import {
  NO_OTHER_CONTENT,
  OTHER_KINDS,
  requestOf,
  type ContentKind,
  type OtherContent,
} from '../lib/messages/other-content.ts';
import { UnsentMessages } from '../lib/messages/unsent.ts';
import { useWords } from '../lib/words.ts';
import {
  AttachButton,
  AttachmentList,
  AttachmentPreview,
  useAttachments,
  useDrop,
  type KeptFile,
} from './attachments.tsx';
import { Check } from './check.tsx';
import { Field } from './field.tsx';
import { ErrorNotice } from './notice.tsx';
import { OtherContentFields } from './other-content.tsx';
import { Preview } from './preview.tsx';

type ParseMode = NonNullable<OutgoingMessage['parse_mode']>;

const MODES: Record<ParseMode, Text> = {
  none: textOf('Plain text'),
  markdown: textOf('Markdown'),
  markdown_lenient: textOf('Markdown of a model'),
  html: textOf('HTML'),
};
const [SENT, QUEUED, QUEUED_BELOW] = [
  textOf('Sent.'),
  textOf('Queued.'),
  textOf('Queued: it is listed below.'),
];

/** The form's content. */
interface Draft {
  recipient: string;
  kind: ContentKind;
  other: OtherContent;
  text: string;
  mode: ParseMode;
  silent: boolean;
  linkPreview: boolean;
  /** In the format of a `datetime-local` field; empty: now. */
  later: string;
  files: readonly KeptFile[];
}

const BLANK: Draft = {
  recipient: '',
  kind: 'text',
  other: NO_OTHER_CONTENT,
  text: '',
  mode: 'none',
  silent: false,
  linkPreview: true,
  later: '',
  files: [],
};

interface ComposerProps {
  userId: string;
  /** The chat, if it is chosen already. */
  to?: string;
  /** Called when the message is enqueued or sent. */
  onSent?: () => void;
}

/**
 * Writes a message, shows a preview and enqueues it. A message that may not have been enqueued reappears after a
 * reload.
 */
export function Composer({ userId, to, onSent }: ComposerProps) {
  const { client, sandbox } = useGateway();
  const { t, say, moment, zone } = useWords();
  const form = to === undefined ? userId : `${userId} ${to}`;
  const unsent = useMemo(() => new UnsentMessages<Draft>(`message-${form}`), [form]);
  const [kept] = useState(() => ({ ...BLANK, ...unsent.last }));
  const [recipient, setRecipient] = useState(to ?? kept.recipient);
  const [kind, setKind] = useState(kept.kind);
  const [other, setOther] = useState(kept.other);
  const [text, setText] = useState(kept.text);
  const [mode, setMode] = useState<ParseMode>(kept.mode);
  const [silent, setSilent] = useState(kept.silent);
  const [linkPreview, setLinkPreview] = useState(kept.linkPreview);
  const [later, setLater] = useState(kept.later);
  const attachments = useAttachments(userId, kept.files);
  const drop = useDrop(attachments);
  const files = attachments.kept;
  const otherContent = kind === 'text' ? null : requestOf(kind, other);
  const [said, setSaid] = useState<Text | null>(null);
  const ids = useId();
  const send = useAction(async () => {
    if (kind === 'text' && files === null) return;
    setSaid(null);
    const draft = {
      recipient: recipient.trim(),
      kind,
      other,
      text,
      mode,
      silent,
      linkPreview,
      later,
      files: files ?? [],
    };
    const outcome = await unsent.deliver(draft, (idempotencyKey) =>
      client.send(
        {
          user_id: userId,
          recipient_id: draft.recipient,
          ...(otherContent ?? {
            ...(text.trim() !== '' && { text, parse_mode: mode }),
            ...(draft.files.length > 0 && {
              media: draft.files.map(({ type, uploadId }) => ({ type, upload_id: uploadId })),
            }),
          }),
          ...(silent && { silent }),
          ...(!linkPreview && { link_preview: false }),
          ...(later !== '' && { send_at: new Date(later).toISOString() }),
        },
        { respondAsync: true, idempotencyKey },
      ),
    );
    if (kind === 'text') {
      setText('');
      attachments.clear();
    } else setOther(NO_OTHER_CONTENT);
    setSaid(outcome.status === 'ok' ? SENT : to === undefined ? QUEUED_BELOW : QUEUED);
    onSent?.();
  });
  // The result of the last message does not apply to the next.
  const isBlank =
    kind === 'text' ? text.trim() === '' && attachments.list.length === 0 : otherContent === null;
  useEffect(() => {
    if (!isBlank) setSaid(null);
  }, [isBlank]);
  return (
    <form
      {...drop}
      class="card composer"
      aria-label={t('Send a message')}
      onSubmit={(event) => {
        event.preventDefault();
        void send.run();
      }}
    >
      <div class="label-row">
        <h2>{t('Send a message')}</h2>
        <select
          aria-label={t('What to send')}
          value={kind}
          onChange={(e) => setKind(e.currentTarget.value as ContentKind)}
        >
          <option value="text">{t('Text and files')}</option>
          {Object.entries(OTHER_KINDS).map(([value, label]) => (
            <option key={value} value={value}>
              {say(label)}
            </option>
          ))}
        </select>
      </div>
      {to === undefined && (
        <Field
          label={t('To')}
          required
          value={recipient}
          onText={setRecipient}
          autocomplete="off"
          spellcheck={false}
          placeholder={t('@username, +phone, numeric id or me')}
          hint={
            <>
              {t('For example:')} <Suggestion text="me" onPick={setRecipient} /> ({t('Saved Messages')})
              {sandbox !== null && (
                <>
                  , <Suggestion text="+9996621002" onPick={setRecipient} />
                </>
              )}
            </>
          }
        />
      )}
      {kind !== 'text' && <OtherContentFields kind={kind} content={other} onContent={setOther} />}
      {kind === 'text' && (
        <>
          <div class="field">
            <div class="label-row">
              <label for={`${ids}-text`}>{t('Message')}</label>
              <select
                aria-label={t('Markup of the text')}
                value={mode}
                onChange={(e) => setMode(e.currentTarget.value as ParseMode)}
              >
                {Object.entries(MODES).map(([value, label]) => (
                  <option key={value} value={value}>
                    {say(label)}
                  </option>
                ))}
              </select>
            </div>
            <textarea
              id={`${ids}-text`}
              rows={4}
              required={attachments.list.length === 0}
              value={text}
              onInput={({ currentTarget }) => setText(currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
                  event.currentTarget.form?.requestSubmit();
              }}
              aria-describedby={`${ids}-keys`}
            />
            <p class="hint" id={`${ids}-keys`}>
              {t('Ctrl + Enter sends. Files can be dropped and pasted here.')}
            </p>
          </div>
          <AttachmentList attachments={attachments} />
          <Preview
            text={text}
            mode={mode}
            files={attachments.list.length > 0 && <AttachmentPreview attachments={attachments} />}
          />
        </>
      )}
      <details>
        <summary>{t('More')}</summary>
        <div class="options">
          <Check label={t('Send silently')} checked={silent} onCheck={setSilent} />
          <Check label={t('Show link previews')} checked={linkPreview} onCheck={setLinkPreview} />
          <Field
            label={t('Not before')}
            type="datetime-local"
            value={later}
            onText={setLater}
            hint={
              later === ''
                ? t('In the time zone {zone}', { zone: zone() })
                : moment(new Date(later).toISOString())
            }
          />
        </div>
      </details>
      <ErrorNotice error={send.error} />
      <div class="buttons">
        <button
          type="submit"
          class="primary"
          disabled={send.busy || isBlank || (kind === 'text' && files === null) || recipient.trim() === ''}
        >
          {later === '' ? t('Send') : t('Schedule')}
        </button>
        {kind === 'text' && <AttachButton attachments={attachments} />}
        <span role="status" class="said">
          {said !== null && say(said)}
        </span>
      </div>
    </form>
  );
}

function Suggestion({ text, onPick }: { text: string; onPick: (text: string) => void }) {
  return (
    <button type="button" class="link" onClick={() => onPick(text)}>
      {text}
    </button>
  );
}
