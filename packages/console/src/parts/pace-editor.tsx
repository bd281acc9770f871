import type { AccountSummary, PaceRules } from '@gateway/client';
import { useState } from 'preact/hooks';
import { useGateway } from '../lib/gateway.ts';
import { useAction } from '../lib/hooks.ts';
import { issueOf } from '../lib/issues.ts';
import { PACE_TEXTS as T } from '../texts/account.ts';
import { Field } from './field.tsx';
import { ErrorNotice } from './notice.tsx';

type Choice = keyof typeof T.choices;
type Rule = keyof PaceRules;

const RULES = Object.keys(T.rules) as Rule[];

interface PaceEditorProps {
  account: AccountSummary;
}

/** A form that changes the pace of an account. It begins with the rules that apply now. */
export function PaceEditor({ account: { user_id: userId, pace } }: PaceEditorProps) {
  const { client } = useGateway();
  const [choice, setChoice] = useState<Choice>(pace?.mode === 'off' ? 'off' : 'default');
  const [rules, setRules] = useState<Record<Rule, string>>(() => textsOf(pace));
  const [said, setSaid] = useState('');
  const save = useAction(async () => {
    setSaid('');
    // The gateway's own rule applies where none is given.
    const typed = RULES.filter((rule) => rules[rule].trim() !== '');
    const own = Object.fromEntries(typed.map((rule) => [rule, Number(rules[rule])]));
    const given = choice === 'own' ? own : choice === 'off' ? 'off' : null;
    await client.pace(userId, given);
    setSaid(T.saved);
  });
  const issues = RULES.map((rule) => issueOf(save.error, `pace.${rule}`));
  return (
    <details>
      <summary>{T.change}</summary>
      <form
        class="stack"
        aria-label={T.pace}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <select
          aria-label={T.pace}
          value={choice}
          onChange={({ currentTarget }) => setChoice(currentTarget.value as Choice)}
        >
          {Object.entries(T.choices).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        {choice === 'own' &&
          RULES.map((rule, index) => (
            <Field
              key={rule}
              label={T.rules[rule]}
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
            {T.save}
          </button>
          <span role="status" class="said">
            {said}
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
