import { GatewayApiError, type CreatedWebhook, type EventType } from '@gateway/client';
import { useState } from 'preact/hooks';
import { useGateway } from '../../lib/gateway.ts';
import { useAction } from '../../lib/hooks.ts';
import { issuesOf } from '../../lib/issues.ts';
import { useWords } from '../../lib/words.ts';
import { EVENT_LABELS } from '../../texts/webhooks.ts';
import { Checks } from '../check.tsx';
import { Field } from '../field.tsx';
import { ErrorNotice } from '../notice.tsx';
import { FilterFields, filterOf, listed, NO_FILTER } from './filter-fields.tsx';

/** The fields whose issues stand beside them. */
const SHOWN = /^(url|user_ids|events|secret|filter)\b/;

/** A form that creates a webhook. */
export function CreateWebhook({ onCreated }: { onCreated: (webhook: CreatedWebhook) => void }) {
  const { client } = useGateway();
  const { t } = useWords();
  const [url, setUrl] = useState('');
  const [accounts, setAccounts] = useState('');
  const [events, setEvents] = useState<EventType[]>(['message.new']);
  const [filter, setFilter] = useState(NO_FILTER);
  const [secret, setSecret] = useState('');
  const create = useAction(async () => {
    const userIds = listed(accounts);
    const chosen = filterOf(filter);
    onCreated(
      await client.webhooks.create({
        url: url.trim(),
        events,
        ...(userIds.length > 0 && { user_ids: userIds }),
        ...(Object.keys(chosen).length > 0 && { filter: chosen }),
        ...(secret !== '' && { secret }),
      }),
    );
  });
  const issue = issuesOf(create.error);
  const isShown =
    create.error instanceof GatewayApiError &&
    create.error.issues.length > 0 &&
    create.error.issues.every(({ path }) => SHOWN.test(path));
  return (
    <form
      class="card"
      aria-label={t('New webhook')}
      onSubmit={(event) => {
        event.preventDefault();
        void create.run();
      }}
    >
      <h2>{t('New webhook')}</h2>
      <Field
        label={t('Address')}
        type="url"
        required
        autofocus
        autocomplete="off"
        placeholder="https://example.com/hook"
        hint={t('Events are posted here. It must answer within 15 s, with 200 to 299.')}
        value={url}
        onText={setUrl}
        problem={issue('url')}
      />
      <Field
        label={t('Accounts')}
        autocomplete="off"
        spellcheck={false}
        hint={t('Names of accounts, separated by commas. Empty: all accounts, later ones too.')}
        value={accounts}
        onText={setAccounts}
        problem={issue('user_ids')}
      />
      <Checks
        legend={t('Events')}
        labels={EVENT_LABELS}
        chosen={events}
        onChoose={setEvents}
        problem={issue('events')}
      />
      <details open={issue('filter') !== undefined || undefined}>
        <summary>{t('Filter')}</summary>
        <div class="stack">
          <FilterFields draft={filter} onChange={setFilter} issue={(field) => issue(`filter.${field}`)} />
        </div>
      </details>
      <details open={issue('secret') !== undefined || undefined}>
        <summary>{t('Your own secret')}</summary>
        <Field
          label={t('Secret')}
          type="password"
          autocomplete="off"
          hint={t('Signs each delivery; 16 characters or more are best. Empty: the gateway makes one.')}
          value={secret}
          onText={setSecret}
          problem={issue('secret')}
        />
      </details>
      {!isShown && <ErrorNotice error={create.error} />}
      <div class="buttons">
        <button
          type="submit"
          class="primary"
          disabled={create.busy || url.trim() === '' || events.length === 0}
        >
          {t('Create')}
        </button>
      </div>
    </form>
  );
}
