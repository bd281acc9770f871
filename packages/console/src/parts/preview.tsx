import type { OutgoingMessage, PreviewAnswer } from '@gateway/client';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useGateway } from '../lib/gateway.ts';
import { useWords } from '../lib/words.ts';
import { Formatted } from './formatted.tsx';
import { ErrorNotice } from './notice.tsx';

/** ms without a keystroke before the preview is requested. */
const PAUSE_MS = 250;

interface PreviewProps {
  text: string;
  mode: NonNullable<OutgoingMessage['parse_mode']>;
  /** The files above the text, if there are any. */
  files?: ComponentChildren;
}

/** A preview of a message: its files, and its text as the gateway formats and splits it. */
export function Preview({ text, mode, files = null }: PreviewProps) {
  const { client } = useGateway();
  const { t } = useWords();
  const [parts, setParts] = useState<PreviewAnswer['parts']>([]);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (text.trim() === '') {
      setParts([]);
      setError(null);
      return;
    }
    const abort = new AbortController();
    const ask = async () => {
      try {
        const answer = await client.accounts.preview({ text, parse_mode: mode }, { signal: abort.signal });
        setParts(answer.parts);
        setError(null);
      } catch (thrown) {
        if (!abort.signal.aborted) setError(thrown);
      }
    };
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [client, text, mode]);
  if (error !== null) return <ErrorNotice error={error} />;
  const shown = Boolean(files) && parts.length === 0 ? [{ text: '', entities: [] }] : parts;
  if (shown.length === 0) return null;
  return (
    <div class="preview" role="group" tabIndex={0} aria-label={t('Preview')}>
      {shown.length > 1 && (
        <p class="hint">
          {t('Sent as {count, plural, one {# message} other {# messages}}:', { count: shown.length })}
        </p>
      )}
      {shown.map((part, index) => (
        <div class="bubble" key={index}>
          {index === 0 && files}
          <Formatted {...part} />
        </div>
      ))}
    </div>
  );
}
