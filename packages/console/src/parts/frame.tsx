import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Link, useLocation, useRoute } from 'wouter-preact';
import { useGateway } from '../lib/gateway.ts';
import { applyTheme, readTheme, type Theme } from '../lib/theme.ts';

/** The frame around every page. */
export function Frame({ children }: { children: ComponentChildren }) {
  const { config, leave } = useGateway();
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
        Skip to content
      </a>
      <header class="top">
        <Link href="/" class="brand">
          <img src="/console/icon.svg" alt="" width="26" height="26" />
          <span>Gateway</span>
        </Link>
        <nav aria-label="Console">
          <NavLink href="/">Accounts</NavLink>
          <NavLink href="/failures">Failures</NavLink>
          <NavLink href="/webhooks">Webhooks</NavLink>
          <NavLink href="/assistant">Assistant</NavLink>
          {config.dashboard && (
            <a href="/admin/queues" class="nav-link">
              Queues
            </a>
          )}
          <a href="/docs" class="nav-link">
            API
          </a>
        </nav>
        <div class="top-end">
          <ThemeChoice />
          {config.needs_key && (
            <button type="button" class="quiet" onClick={leave}>
              Forget the key
            </button>
          )}
        </div>
      </header>
      {config.sandbox && (
        <p class="ribbon">
          <strong>Sandbox.</strong> Nothing leaves this machine: try whatever you like.
        </p>
      )}
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <footer class="foot">Not made or endorsed by Telegram.</footer>
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

const THEMES: Record<Theme, string> = { auto: 'Auto', light: 'Light', dark: 'Dark' };

function ThemeChoice() {
  const [theme, setTheme] = useState(readTheme);
  return (
    <select
      aria-label="Colours"
      class="theme"
      value={theme}
      onChange={({ currentTarget }) => {
        const chosen = currentTarget.value as Theme;
        applyTheme(chosen);
        setTheme(chosen);
      }}
    >
      {Object.entries(THEMES).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
