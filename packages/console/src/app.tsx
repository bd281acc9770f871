import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { Route, Router, Switch } from 'wouter-preact';
import {
  GatewayContext,
  storedKey,
  openClient,
  readConfig,
  type Gateway,
  type ServerConfig,
} from './lib/gateway.ts';
import { useTitle } from './lib/hooks.ts';
import { readLocale, storeLocale } from './lib/locale.ts';
import { Sandbox } from './lib/sandbox.ts';
import { useWords, WordsContext, wordsOf } from './lib/words.ts';
import { AccountPage } from './pages/account.tsx';
import { AccountsPage } from './pages/accounts.tsx';
import { AssistantPage } from './pages/assistant.tsx';
import { BatchPage } from './pages/batch.tsx';
import { ChatsPage } from './pages/chats.tsx';
import { DeliveriesPage } from './pages/deliveries.tsx';
import { FailuresPage } from './pages/failures.tsx';
import { KeyPage } from './pages/key.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { WebhooksPage } from './pages/webhooks.tsx';
import { Frame } from './parts/frame.tsx';
import { ErrorNotice } from './parts/notice.tsx';

/** The console in the person's language. */
export function App() {
  const [locale, setLocale] = useState(readLocale);
  const words = useMemo(
    () =>
      wordsOf(locale, (chosen) => {
        storeLocale(chosen);
        setLocale(chosen);
      }),
    [locale],
  );
  useLayoutEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return (
    <WordsContext.Provider value={words}>
      <Console />
    </WordsContext.Provider>
  );
}

/** Loads the server's configuration, asks for the API key if one is needed, then shows the page of the URL. */
function Console() {
  const { locale } = useWords();
  const [config, setConfig] = useState<ServerConfig | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [key, setKey] = useState(storedKey.read);
  useEffect(() => {
    readConfig().then(setConfig, setError);
  }, []);
  const gateway = useMemo<Gateway | null>(
    () =>
      config === null
        ? null
        : {
            client: openClient(key, locale),
            config,
            sandbox: config.sandbox ? new Sandbox(key) : null,
            leave: () => {
              storedKey.forget();
              setKey(null);
            },
          },
    // Another language needs another client: pages then read again what the gateway says in words.
    [config, key, locale],
  );
  if (error !== null)
    return (
      <main class="alone">
        <ErrorNotice error={error} />
      </main>
    );
  if (gateway === null || config === null) return <main class="alone" aria-busy="true" />;
  if (config.needs_key && key === null)
    return (
      <KeyPage
        onKey={(given) => {
          storedKey.write(given);
          setKey(given);
        }}
      />
    );
  return (
    <GatewayContext.Provider value={gateway}>
      <Router base="/console">
        <Frame>
          <Switch>
            <Route path="/" component={AccountsPage} />
            <Route path="/sign-in/:userId?">
              {({ userId }) => <SignInPage key={userId} userId={decoded(userId)} />}
            </Route>
            <Route path="/accounts/:userId/chats/:chatId?">
              {({ userId, chatId }) => (
                <ChatsPage key={userId} userId={decoded(userId)} chatId={decoded(chatId)} />
              )}
            </Route>
            <Route path="/accounts/:userId">
              {({ userId }) => <AccountPage key={userId} userId={decoded(userId)} />}
            </Route>
            <Route path="/batch" component={BatchPage} />
            <Route path="/failures" component={FailuresPage} />
            <Route path="/webhooks" component={WebhooksPage} />
            <Route path="/webhooks/deliveries" component={DeliveriesPage} />
            <Route path="/assistant" component={AssistantPage} />
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Frame>
      </Router>
    </GatewayContext.Provider>
  );
}

/** The router leaves `%40` and `%2B` as they are, and accounts may be named by address or phone number. */
function decoded<T extends string | undefined>(part: T): T {
  try {
    return (part === undefined ? part : decodeURIComponent(part)) as T;
  } catch {
    return part;
  }
}

function NotFound() {
  const { t } = useWords();
  useTitle(t('Page not found'));
  return <h1>{t('Page not found')}</h1>;
}
