import { GatewayApiError } from '@gateway/client';
import { useEffect, useState } from 'preact/hooks';
import { issuesOf } from '../../lib/issues.ts';
import { useWords } from '../../lib/words.ts';
import { ProxyField } from '../proxy-field.tsx';

interface OwnNetworkProps {
  proxy: string;
  onProxy: (proxy: string) => void;
  problem: string | undefined;
}

/** A folded part of the sign-in form: the proxy by which the account connects. It opens when the proxy is wrong. */
export function OwnNetwork({ proxy, onProxy, problem }: OwnNetworkProps) {
  const { t } = useWords();
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    if (problem !== undefined) setIsOpen(true);
  }, [problem]);
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>{t('Own network')}</summary>
      <div class="stack">
        <ProxyField
          value={proxy}
          onText={onProxy}
          problem={problem}
          hint={t('Empty: as the account connected before, or as the gateway does.')}
        />
      </div>
    </details>
  );
}

/** What is wrong with the proxy of a sign-in: its address, or that it does not lead to Telegram. */
export function proxyProblemOf(error: unknown): string | undefined {
  const issue = issuesOf(error)('proxy');
  if (issue !== undefined) return issue;
  return error instanceof GatewayApiError && error.code === 'PROXY_UNREACHABLE' ? error.message : undefined;
}
