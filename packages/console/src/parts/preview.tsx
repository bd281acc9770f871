import type { OutgoingMessage, PreviewAnswer } from '@gateway/client';
import { useEffect, useState } from 'preact/hooks';
import { plural } from '../lib/format.ts';
import { useGateway } from '../lib/gateway.ts';
import { Formatted } from './formatted.tsx';
import { ErrorNotice } from './notice.tsx';

/** ms without a keystroke before the preview is requested. */
const PAUSE_MS = 250;

/** A preview of a text, formatted and split by the gateway. */
export function Preview({ text, mode }: { text: string; mode: NonNullable<OutgoingMessage['parse_mode']> }) {
  const { client } = useGateway();
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
  if (parts.length === 0) return null;
  return (
    <div class="preview" role="group" aria-label="Preview">
      {parts.length > 1 && <p class="hint">Sent as {plural(parts.length, 'message')}:</p>}
      {parts.map((part, index) => (
        <div class="bubble" key={index}>
          <Formatted {...part} />
        </div>
      ))}
    </div>
  );
}
