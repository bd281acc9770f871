import type { EventFilter } from '@gateway/client';
import { useId } from 'preact/hooks';
import { useWords } from '../../lib/words.ts';
import { CHAT_TYPE_LABELS, DIRECTION_LABELS } from '../../texts/webhooks.ts';
import { Check, Checks } from '../check.tsx';
import { Field } from '../field.tsx';

/** A filter as it is typed: ids are one text. */
export interface FilterDraft {
  chatTypes: NonNullable<EventFilter['chat_types']>;
  direction: NonNullable<EventFilter['direction']>;
  mentionsOnly: boolean;
  onlyChats: string;
  exceptChats: string;
}

export const NO_FILTER: FilterDraft = {
  chatTypes: [],
  direction: 'both',
  mentionsOnly: false,
  onlyChats: '',
  exceptChats: '',
};

/** The parts of a text between commas, spaces and line ends. */
export function listed(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== '');
}

export function filterOf(draft: FilterDraft): EventFilter {
  const [only, except] = [listed(draft.onlyChats), listed(draft.exceptChats)];
  return {
    ...(draft.chatTypes.length > 0 && { chat_types: draft.chatTypes }),
    ...(draft.direction !== 'both' && { direction: draft.direction }),
    ...(draft.mentionsOnly && { mentions_only: true }),
    ...(only.length > 0 && { chat_ids: only }),
    ...(except.length > 0 && { except_chat_ids: except }),
  };
}

interface FilterFieldsProps {
  draft: FilterDraft;
  onChange: (draft: FilterDraft) => void;
  /** What is wrong with a field of the filter. */
  issue: (field: keyof EventFilter) => string | undefined;
}

/** The fields of a filter of events. */
export function FilterFields({ draft, onChange, issue }: FilterFieldsProps) {
  const { t, say } = useWords();
  const id = useId();
  const set = (changed: Partial<FilterDraft>) => onChange({ ...draft, ...changed });
  return (
    <>
      <p class="hint">{t('Changes of state and gaps always pass.')}</p>
      <Checks
        legend={t('Only these kinds of chats')}
        labels={CHAT_TYPE_LABELS}
        chosen={draft.chatTypes}
        onChoose={(chatTypes) => set({ chatTypes })}
        problem={issue('chat_types')}
      />
      <div class="options">
        <div class="field">
          <label for={`${id}-direction`}>{t('Messages')}</label>
          <select
            id={`${id}-direction`}
            value={draft.direction}
            onChange={({ currentTarget }) =>
              set({ direction: currentTarget.value as FilterDraft['direction'] })
            }
          >
            {Object.entries(DIRECTION_LABELS).map(([value, label]) => (
              <option key={value} value={value}>
                {say(label)}
              </option>
            ))}
          </select>
        </div>
        <Check
          label={t('Only messages that mention the account')}
          checked={draft.mentionsOnly}
          onCheck={(mentionsOnly) => set({ mentionsOnly })}
        />
      </div>
      <Field
        label={t('Only these chats')}
        hint={t('Ids of chats, separated by commas.')}
        value={draft.onlyChats}
        onText={(onlyChats) => set({ onlyChats })}
        problem={issue('chat_ids')}
      />
      <Field
        label={t('Not these chats')}
        value={draft.exceptChats}
        onText={(exceptChats) => set({ exceptChats })}
        problem={issue('except_chat_ids')}
      />
    </>
  );
}
