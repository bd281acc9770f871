import type { AccountSummary, PaceRules } from '@gateway/client';
import { text, type Text } from '@gateway/texts';
import { useState } from 'preact/hooks';
import { useGateway } from '../lib/gateway.ts';
import { useAction } from '../lib/hooks.ts';
import { issuesOf } from '../lib/issues.ts';
import { useWords } from '../lib/words.ts';
import { Field } from './field.tsx';
import { ErrorNotice } from './notice.tsx';

const CHOICES = {
  default: text('As the gateway is set'),
  off: text('Off: nothing protects the account'),
  own: text('Own rules'),
} as const;

type Choice = keyof typeof CHOICES;
type Rule = keyof PaceRules;

const RULE_LABELS: Record<Rule, Text> = {
  burst: text('At once, after a rest'),
  per_minute: text('A minute, after that'),
  chat_burst: text('At once to one chat'),
  chat_interval: text('Seconds between messages to a person'),
  group_interval: text('Seconds between messages to a group'),
  strangers_per_day: text('New people a day'),
};

const RULES = Object.keys(RULE_LABELS) as Rule[];

interface PaceEditorProps {
  account: AccountSummary;
}

/** A form that changes the pace of an account. It begins with the rules that apply now. */
export function PaceEditor({ account: { user_id: userId, pace } }: PaceEditorProps) {
  const { client } = useGateway();
  const { t, say } = useWords();
  const [choice, setChoice] = useState<Choice>(pace?.mode === 'off' ? 'off' : 'default');
  const [rules, setRules] = useState<Record<Rule, string>>(() => textsOf(pace));
  const [isSaved, setIsSaved] = useState(false);
  const save = useAction(async () => {
    setIsSaved(false);
    // The gateway's own rule applies where none is given.
    const typed = RULES.filter((rule) => rules[rule].trim() !== '');
    const own = Object.fromEntries(typed.map((rule) => [rule, Number(rules[rule])]));
    const given = choice === 'own' ? own : choice === 'off' ? 'off' : null;
    await client.pace(userId, given);
    setIsSaved(true);
  });
  const issue = issuesOf(save.error);
  const issues = RULES.map((rule) => issue(`pace.${rule}`));
  return (
    <details>
      <summary>{t('Change the pace')}</summary>
      <form
        class="stack"
        aria-label={t('Pace')}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <select
          aria-label={t('Pace')}
          value={choice}
          onChange={({ currentTarget }) => setChoice(currentTarget.value as Choice)}
        >
          {Object.entries(CHOICES).map(([value, label]) => (
            <option key={value} value={value}>
              {say(label)}
            </option>
          ))}
        </select>
        {choice === 'own' &&
          RULES.map((rule, index) => (
            <Field
              key={rule}
              label={say(RULE_LABELS[rule])}
              type="number"
              min={0}
              step="any"
              value={rules[rule]}
              onText={(text) => setRules({ ...rules, [rule]: text })}
              problem={issues[index]}
            />
          ))}
        {issues.every((issue) => issue === undefined) && <ErrorNotice error={save.error} />}
        <div class="buttons">
          <button type="submit" class="small" disabled={save.busy}>
            {t('Save')}
          </button>
          <span role="status" class="said">
            {isSaved && t('Saved.')}
          </span>
        </div>
      </form>
    </details>
  );
}

function textsOf(pace: AccountSummary['pace']): Record<Rule, string> {
  const known = pace?.mode === 'careful' ? pace.rules : null;
  return Object.fromEntries(RULES.map((rule) => [rule, String(known?.[rule] ?? '')])) as Record<Rule, string>;
}
