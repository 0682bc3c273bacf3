import { useEffect, useRef, useState } from 'preact/hooks';
import type { Session } from '../contract/session';
import type { ApiProblem } from './api/client';
import { ask } from './api/ask';
import { rememberCsrfToken, whenSignedOut } from './api/client';
import { asProblem } from './api/useLoad';
import { Expired } from './shell/Expired';
import { forgetKept, keepTyped } from './shell/keptText';
import { whenHandsRest } from './shell/handsRest';
import { Shell } from './shell/Shell';
import { SessionContext } from './shell/session';
import { SignIn } from './shell/SignIn';
import { ProblemNote } from './parts/ProblemNote';
import { Screen } from './screens/Screen';

/** Asks first whether anybody is: nobody being there is no error, and browsers would write it down as one. */
async function whoIsHere(): Promise<Session | null> {
  const { signedIn } = await ask('GET /sessao/entrada');
  if (!signedIn) return null;
  return ask('GET /sessao').catch((error: unknown) => {
    if (asProblem(error).status === 401) return null;
    throw error;
  });
}

/** undefined while nobody knows yet. */
export function App() {
  const [session, setSession] = useState<Session | null | undefined>();
  const [expired, setExpired] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const here = useRef<Session | null>(null);
  const enter = (entered: Session | null) => {
    rememberCsrfToken(entered?.csrfToken ?? null);
    // Whoever comes back finds the screens as they were left; to another one they show nothing of it.
    forgetKept(entered !== null && entered.id !== here.current?.id ? entered.id : undefined);
    here.current = entered;
    setExpired(false);
    setSession(entered);
  };
  useEffect(() => {
    whenSignedOut(() => {
      if (here.current === null) return;
      keepTyped();
      rememberCsrfToken(null);
      // Whoever is typing types on: what came after would land in another field.
      whenHandsRest(() => setExpired(true));
    });
    whoIsHere().then(
      (found) => {
        rememberCsrfToken(found?.csrfToken ?? null);
        here.current = found;
        setSession(found);
      },
      (error: unknown) => setProblem(asProblem(error)),
    );
  }, []);

  if (problem) return <ProblemNote problem={problem} />;
  if (session === undefined) return <p class="waiting">Carregando…</p>;
  // The address stays: whoever followed a link is there after signing in.
  if (session === null) return <SignIn onEnter={enter} />;
  return (
    <>
      <SessionContext.Provider key={session.id} value={session}>
        <div hidden={expired}>
          <Shell onLeave={() => enter(null)}>
            <Screen />
          </Shell>
        </div>
      </SessionContext.Provider>
      {expired ? <Expired name={session.name} onEnter={enter} /> : null}
    </>
  );
}
