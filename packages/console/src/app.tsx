import { useEffect, useMemo, useState } from 'preact/hooks';
import { Route, Router, Switch } from 'wouter-preact';
import {
  GatewayContext,
  storedKey,
  openClient,
  readConfig,
  type Gateway,
  type ServerConfig,
} from './lib/gateway.ts';
import { Sandbox } from './lib/sandbox.ts';
import { AccountPage } from './pages/account.tsx';
import { AccountsPage } from './pages/accounts.tsx';
import { AssistantPage } from './pages/assistant.tsx';
import { ChatsPage } from './pages/chats.tsx';
import { DeliveriesPage } from './pages/deliveries.tsx';
import { FailuresPage } from './pages/failures.tsx';
import { KeyPage } from './pages/key.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { WebhooksPage } from './pages/webhooks.tsx';
import { Frame } from './parts/frame.tsx';
import { ErrorNotice } from './parts/notice.tsx';

/**
 * The console: loads the server's configuration, asks for the API key if one is needed, then shows the page of the URL.
 */
export function App() {
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
            client: openClient(key),
            config,
            sandbox: config.sandbox ? new Sandbox(key) : null,
            leave: () => {
              storedKey.forget();
              setKey(null);
            },
          },
    [config, key],
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
              {({ userId }) => <SignInPage key={userId} userId={userId} />}
            </Route>
            <Route path="/accounts/:userId/chats/:chatId?">
              {({ userId, chatId }) => <ChatsPage key={userId} userId={userId} chatId={chatId} />}
            </Route>
            <Route path="/accounts/:userId">
              {({ userId }) => <AccountPage key={userId} userId={userId} />}
            </Route>
            <Route path="/failures" component={FailuresPage} />
            <Route path="/webhooks" component={WebhooksPage} />
            <Route path="/webhooks/deliveries" component={DeliveriesPage} />
            <Route path="/assistant" component={AssistantPage} />
            <Route>
              <h1>Page not found</h1>
            </Route>
          </Switch>
        </Frame>
      </Router>
    </GatewayContext.Provider>
  );
}
