import { useId } from 'preact/hooks';
import {
  MAX_OPTIONS,
  MIN_OPTIONS,
  optionsOf,
  type ContentKind,
  type OtherContent,
} from '../lib/messages/other-content.ts';
import { useWords } from '../lib/words.ts';
import { Check } from './check.tsx';
import { Field } from './field.tsx';

interface OtherContentProps {
  kind: Exclude<ContentKind, 'text'>;
  content: OtherContent;
  onContent: (content: OtherContent) => void;
}

/** The fields of a location, a contact or a poll, and the message as it will look. */
export function OtherContentFields({ kind, content, onContent }: OtherContentProps) {
  const change = (changed: Partial<OtherContent>) => onContent({ ...content, ...changed });
  if (kind === 'location') return <LocationFields content={content} change={change} />;
  if (kind === 'contact') return <ContactFields content={content} change={change} />;
  return <PollFields content={content} change={change} />;
}

interface FieldsProps {
  content: OtherContent;
  change: (changed: Partial<OtherContent>) => void;
}

function LocationFields({ content: { latitude, longitude }, change }: FieldsProps) {
  const { t } = useWords();
  const degrees = { type: 'number', step: 'any', required: true } as const;
  return (
    <div class="options">
      <Field
        {...degrees}
        label={t('Latitude')}
        min={-90}
        max={90}
        value={latitude}
        placeholder="52.5163"
        onText={(text) => change({ latitude: text })}
      />
      <Field
        {...degrees}
        label={t('Longitude')}
        min={-180}
        max={180}
        value={longitude}
        placeholder="13.3777"
        onText={(text) => change({ longitude: text })}
      />
    </div>
  );
}

function ContactFields({ content: { phone, firstName, lastName }, change }: FieldsProps) {
  const { t } = useWords();
  return (
    <div class="options">
      <Field
        label={t('Phone number')}
        type="tel"
        required
        value={phone}
        placeholder="+49 30 1234567"
        onText={(text) => change({ phone: text })}
      />
      <Field
        label={t('First name')}
        required
        maxLength={64}
        value={firstName}
        onText={(text) => change({ firstName: text })}
      />
      <Field
        label={t('Last name')}
        maxLength={64}
        value={lastName}
        onText={(text) => change({ lastName: text })}
      />
    </div>
  );
}

function PollFields({ content, change }: FieldsProps) {
  const { t, number } = useWords();
  const { question, options, multiple, anonymous, correct } = content;
  const id = useId();
  const list = optionsOf(content);
  return (
    <>
      <Field
        label={t('Question')}
        required
        maxLength={255}
        value={question}
        onText={(text) => change({ question: text })}
        hint={t('Telegram takes polls to groups, channels, bots and oneself, but not to a person.')}
      />
      <div class="field">
        <label for={`${id}-options`}>{t('Options, one a line')}</label>
        <textarea
          id={`${id}-options`}
          rows={4}
          required
          value={options}
          onInput={({ currentTarget }) => change({ options: currentTarget.value })}
          aria-describedby={`${id}-hint`}
        />
        <p class="hint" id={`${id}-hint`}>
          {t('{from} to {to}.', { from: number(MIN_OPTIONS), to: number(MAX_OPTIONS) })}
        </p>
      </div>
      <div class="options">
        <div class="field">
          <label for={`${id}-quiz`}>{t('Right answer')}</label>
          <select
            id={`${id}-quiz`}
            value={correct}
            onChange={({ currentTarget }) => change({ correct: currentTarget.value })}
          >
            <option value="">{t('None: it is no quiz')}</option>
            {list.map((option, index) => (
              <option key={index} value={String(index)}>
                {option}
              </option>
            ))}
          </select>
        </div>
        {correct === '' && (
          <Check label={t('Several answers')} checked={multiple} onCheck={(on) => change({ multiple: on })} />
        )}
        <Check label={t('Anonymous')} checked={anonymous} onCheck={(on) => change({ anonymous: on })} />
      </div>
      {question.trim() !== '' && (
        <div class="preview" role="group" tabIndex={0} aria-label={t('Preview')}>
          <div class="bubble">
            <b>{question}</b>
            <ul class="poll-options">
              {list.map((option, index) => (
                <li key={index}>{option}</li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </>
  );
}
