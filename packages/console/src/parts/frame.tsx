import { LOCALES, text, type Locale, type Text } from '@gateway/texts';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Link, useLocation, useRoute } from 'wouter-preact';
import { applyTheme, readTheme, type Theme } from '../lib/browser/theme.ts';
import { useGateway } from '../lib/gateway.ts';
import { useOutage } from '../lib/outage.ts';
import { useWords } from '../lib/words.ts';

/** The frame around every page. */
export function Frame({ children }: { children: ComponentChildren }) {
  const { config, leave } = useGateway();
  const { t, say } = useWords();
  const outage = useOutage();
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  // On a new page, screen readers read its heading, and the Tab key continues from there.
  useEffect(() => {
    const page = main.current;
    if (!first.current && page !== null && !page.contains(document.activeElement)) page.focus();
    first.current = false;
  }, [location]);
  return (
    <>
      <a class="skip" href="#main">
        {t('Skip to content')}
      </a>
      <header class="top">
        <Link href="/" class="brand">
          <img src="/console/icon.svg" alt="" width="26" height="26" />
          <span>{t('Gateway')}</span>
        </Link>
        <nav aria-label={t('Console')}>
          <NavLink href="/">{t('Accounts')}</NavLink>
          <NavLink href="/failures">{t('Failures')}</NavLink>
          <NavLink href="/webhooks">{t('Webhooks')}</NavLink>
          <NavLink href="/assistant">{t('Assistant')}</NavLink>
          {config.dashboard && (
            <a href="/admin/queues" class="nav-link">
              {t('Queues')}
            </a>
          )}
          <a href="/docs" class="nav-link">
            {t('API')}
          </a>
        </nav>
        <div class="top-end">
          <LanguageChoice />
          <ThemeChoice />
          {config.needs_key && (
            <button type="button" class="quiet" onClick={leave}>
              {t('Forget the key')}
            </button>
          )}
        </div>
      </header>
      {config.sandbox && (
        <p class="ribbon">
          <strong>{t('Sandbox.')}</strong> {t('Nothing leaves this machine: try whatever you like.')}
        </p>
      )}
      <p role="status" class={outage === null ? 'ribbon none' : 'ribbon bad'}>
        {outage !== null && say(outage)}
      </p>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <footer class="foot">{t('Not made or endorsed by Telegram.')}</footer>
    </>
  );
}

function NavLink({ href, children }: { href: string; children: ComponentChildren }) {
  const [here] = useRoute(href);
  return (
    <Link href={href} class="nav-link" aria-current={here ? 'page' : undefined}>
      {children}
    </Link>
  );
}

/** Each in its own language, for people who do not read the present one. */
const LANGUAGES: Record<Locale, string> = { en: 'English', ru: 'Русский' };

/** Chooses the language. The page is rendered again at once, with what was typed. */
export function LanguageChoice() {
  const { t, locale, setLocale } = useWords();
  return (
    <select
      aria-label={t('Language')}
      class="choice"
      value={locale}
      onChange={({ currentTarget }) => setLocale(currentTarget.value as Locale)}
    >
      {LOCALES.map((each) => (
        <option key={each} value={each} lang={each}>
          {LANGUAGES[each]}
        </option>
      ))}
    </select>
  );
}

const THEMES: Record<Theme, Text> = {
  auto: text('Auto'),
  light: text('Light'),
  dark: text('Dark'),
};

function ThemeChoice() {
  const { t, say } = useWords();
  const [theme, setTheme] = useState(readTheme);
  return (
    <select
      aria-label={t('Colours')}
      class="choice"
      value={theme}
      onChange={({ currentTarget }) => {
        const chosen = currentTarget.value as Theme;
        applyTheme(chosen);
        setTheme(chosen);
      }}
    >
      {Object.entries(THEMES).map(([value, label]) => (
        <option key={value} value={value}>
          {say(label)}
        </option>
      ))}
    </select>
  );
}
