import { useEffect, useState } from 'preact/hooks';
import type { ApiProblem } from './api/client';
import { get, rememberCsrfToken, whenSignedOut } from './api/client';
import { asProblem } from './api/useLoad';
import type { Session } from './api/types';
import { Shell } from './shell/Shell';
import { SessionContext } from './shell/session';
import { SignIn } from './shell/SignIn';
import { ProblemNote } from './parts/ProblemNote';
import { Screen } from './screens/Screen';

/** Asks first whether anybody is: nobody being there is no error, and browsers would write it down as one. */
async function whoIsHere(): Promise<Session | null> {
  const { signedIn } = await get<{ signedIn: boolean }>('/sessao/entrada');
  if (!signedIn) return null;
  return get<Session>('/sessao').catch((error: unknown) => {
    if (asProblem(error).status === 401) return null;
    throw error;
  });
}

/** undefined while nobody knows yet. */
export function App() {
  const [session, setSession] = useState<Session | null | undefined>();
  const [problem, setProblem] = useState<ApiProblem>();
  const enter = (entered: Session | null) => {
    rememberCsrfToken(entered?.csrfToken ?? null);
    setSession(entered);
  };
  useEffect(() => {
    whenSignedOut(() => enter(null));
    whoIsHere().then(enter, (error: unknown) => setProblem(asProblem(error)));
  }, []);

  if (problem) return <ProblemNote problem={problem} />;
  if (session === undefined) return <p class="waiting">Carregando…</p>;
  // The address stays: whoever followed a link is there after signing in.
  if (session === null) return <SignIn onEnter={enter} />;
  return (
    <SessionContext.Provider value={session}>
      <Shell onLeave={() => enter(null)}>
        <Screen />
      </Shell>
    </SessionContext.Provider>
  );
}
