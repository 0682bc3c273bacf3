import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Link, places, usePlace } from '../router';
import { useMayAct } from './session';

/** The ERP's menu; its path to Emissão de Boletos is the one that people know by heart. */
export function Menu() {
  const { path } = usePlace();
  const [narrowOpenedAt, setNarrowOpenedAt] = useState<string>();
  const narrowOpen = narrowOpenedAt === path;
  const administrator = useMayAct('administrador');
  const nav = useRef<HTMLElement>(null);
  const listId = useId();
  return (
    <nav class="menu" aria-label="Principal" ref={nav} onKeyDown={(event) => moveWithArrows(event, nav.current)}>
      <button
        type="button"
        class="menu-toggle"
        aria-expanded={narrowOpen}
        aria-controls={listId}
        onClick={() => setNarrowOpenedAt(narrowOpen ? undefined : path)}
      >
        Menu
      </button>
      <ul id={listId} class={narrowOpen ? 'menu-list open' : 'menu-list'}>
        <Leaf to={places.hoje}>Hoje</Leaf>
        <Branch label="Relatórios" top>
          <Branch label="Relatórios Financeiros">
            <Branch label="Relatórios de Saída">
              <Leaf to={places.emissao}>Emissão de Boletos</Leaf>
            </Branch>
          </Branch>
        </Branch>
        <Leaf to={places.contas}>Contas a Receber</Leaf>
        <Leaf to={places.comunicacoes}>Comunicações</Leaf>
        <Leaf to={places.carteiras}>Carteiras</Leaf>
        <Leaf to={places.vencendo}>Vencendo sem registro</Leaf>
        <Leaf to={places.pendencias}>Pendências no banco</Leaf>
        {administrator ? (
          <Branch label="Administração" top>
            <Leaf to={places.usuarios}>Usuários e tokens</Leaf>
            <Leaf to={places.auditoria}>Auditoria</Leaf>
            <Leaf to={places.webhooks}>Webhooks</Leaf>
            <Leaf to={places.feriados}>Feriados</Leaf>
            <Leaf to={places.erros}>Erros desconhecidos</Leaf>
          </Branch>
        ) : (
          <Leaf to={places.erros}>Erros desconhecidos</Leaf>
        )}
      </ul>
    </nav>
  );
}

function Leaf({ to, children }: { to: string; children: ComponentChildren }) {
  const { path } = usePlace();
  return (
    <li>
      <Link
        to={to}
        {...(path === to || path.startsWith(`${to}/`) || (path === '/' && to === places.hoje)
          ? { 'aria-current': 'page' }
          : {})}
      >
        {children}
      </Link>
    </li>
  );
}

/** A level that opens; what is closed is not in the page. Choosing something closes the whole menu again. */
function Branch({ label, top, children }: { label: string; top?: boolean; children: ComponentChildren }) {
  const { path } = usePlace();
  // Where it was opened: on another screen it is closed. Not by an effect, which may come after the next press.
  const [openedAt, setOpenedAt] = useState<string>();
  const open = openedAt === path;
  const setOpen = (wanted: boolean) => setOpenedAt(wanted ? path : undefined);
  const listId = useId();
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!top || !open) return;
    const closeOutside = (event: Event) => {
      if (!item.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener('pointerdown', closeOutside);
    addEventListener('focusin', closeOutside);
    return () => {
      removeEventListener('pointerdown', closeOutside);
      removeEventListener('focusin', closeOutside);
    };
  }, [top, open]);
  const close = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    setOpen(false);
    item.current?.querySelector('button')?.focus();
  };
  return (
    <li ref={item} class={top ? 'branch top-branch' : 'branch'} onKeyDown={close}>
      <button type="button" aria-expanded={open} aria-controls={listId} onClick={() => setOpen(!open)}>
        {label}
      </button>
      {open ? <ul id={listId}>{children}</ul> : <ul id={listId} hidden />}
    </li>
  );
}

/** Arrows walk the menu as it is seen; right opens a level and left closes it. Tab works as everywhere. */
function moveWithArrows(event: KeyboardEvent, nav: HTMLElement | null): void {
  const focused = document.activeElement;
  if (!nav || !(focused instanceof HTMLElement) || !nav.contains(focused)) return;
  const expanded = focused.getAttribute('aria-expanded');
  if (event.key === 'ArrowRight' && expanded === 'false') focused.click();
  else if (event.key === 'ArrowLeft' && expanded === 'true') focused.click();
  else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const stops = [...nav.querySelectorAll<HTMLElement>('a, button')].filter((each) => each.offsetParent !== null);
    const next = stops[stops.indexOf(focused) + (event.key === 'ArrowDown' ? 1 : -1)];
    next?.focus();
  } else return;
  event.preventDefault();
}
