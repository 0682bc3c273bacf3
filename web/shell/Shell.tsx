import type { ComponentChildren } from 'preact';
import { useEffect, useErrorBoundary, useRef, useState } from 'preact/hooks';
import { ask } from '../api/ask';
import type { ApiProblem } from '../api/client';
import { asProblem } from '../api/useLoad';
import { ProblemNote } from '../parts/ProblemNote';
import { places, usePlace, Link } from '../router';
import { Confirmation } from './Confirmation';
import { Menu } from './Menu';
import { useSession } from './session';

/** What surrounds every screen. */
export function Shell({ children, onLeave }: { children: ComponentChildren; onLeave(): void }) {
  const { path } = usePlace();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const [stillHere, setStillHere] = useState<ApiProblem>();
  // A new screen is announced and tabbed from its beginning; a field that the screen itself focused keeps the focus.
  useEffect(() => {
    if (first.current) first.current = false;
    else if (!main.current?.contains(document.activeElement)) main.current?.focus();
    scrollTo(0, 0);
  }, [path]);
  return (
    <>
      <a class="skip" href="#conteudo">
        Ir para o conteúdo
      </a>
      <header class="top">
        <Link to={places.hoje} class="brand">
          Boletos
        </Link>
        <Menu />
        <div class="top-end">
          <Account onLeave={onLeave} onStay={setStillHere} />
        </div>
      </header>
      <main id="conteudo" ref={main} tabIndex={-1}>
        <ProblemNote problem={stillHere} />
        <Guarded key={path}>{children}</Guarded>
      </main>
      <Confirmation />
    </>
  );
}

/** A screen that fails says so, and leaves the menu standing. */
function Guarded({ children }: { children: ComponentChildren }) {
  const [error] = useErrorBoundary((thrown) => console.error(thrown)) as [unknown, () => void];
  if (error === undefined) return <>{children}</>;
  return (
    <p class="note note-bad" role="alert">
      Esta tela falhou. Recarregue a página; o que já foi feito não se perde.
    </p>
  );
}

function Account({ onLeave, onStay }: { onLeave(): void; onStay(problem: ApiProblem): void }) {
  const { name } = useSession();
  // Nobody is told to have left whose session lives on.
  const leave = () =>
    void ask('DELETE /sessao').then(onLeave, (error: unknown) => {
      const problem = asProblem(error);
      if (problem.status === 401) onLeave();
      else onStay(problem);
    });
  return (
    <>
      <Link to={places.conta} class="who">
        <span class="unseen">Minha conta: </span>
        {name}
      </Link>
      <button type="button" onClick={leave}>
        Sair
      </button>
    </>
  );
}
