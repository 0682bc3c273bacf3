import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const MOVED = 'boletos:moved';

export interface Place {
  path: string;
  query: URLSearchParams;
}

/** Where the screens of other rooms are. */
export const places = {
  emissao: '/relatorios/financeiros/saida/emissao-de-boletos',
  hoje: '/hoje',
  comunicacoes: '/comunicacoes',
  comunicacao: (batchId: string) => `/comunicacoes/${encodeURIComponent(batchId)}`,
  contas: '/contas-a-receber',
  /** @param name its ID da cobrança, or the ERP's key */
  titulo: (name: number | string, query: { campo?: string | null; comunicacao?: string; emissao?: string } = {}) => {
    const search = new URLSearchParams();
    if (query.campo) search.set('campo', query.campo);
    if (query.comunicacao) search.set('comunicacao', query.comunicacao);
    // Of the filters with which somebody comes from Emissão de Boletos.
    if (query.emissao) search.set('emissao', query.emissao);
    return `/contas-a-receber/${encodeURIComponent(name)}${search.size > 0 ? `?${search.toString()}` : ''}`;
  },
  historia: (receivableId: number) => `/contas-a-receber/${receivableId}/historia`,
  carteiras: '/carteiras',
  carteira: (id: number) => `/carteiras/${id}`,
  feriados: '/feriados',
  vencendo: '/vencendo-sem-registro',
  pagaveis: '/ainda-pagaveis',
  erros: '/erros-desconhecidos',
  usuarios: '/usuarios-e-tokens',
  auditoria: '/auditoria',
  auditoriaDe: (entity: string, entityId: string) =>
    `/auditoria?${new URLSearchParams({ entity, entityId }).toString()}`,
  webhooks: '/webhooks',
  webhook: (id: string) => `/webhooks/${id}`,
  conta: '/minha-conta',
  confirmacao: '/confirmacao',
};

export function navigate(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  dispatchEvent(new Event(MOVED));
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = () => setPlace(here());
    addEventListener('popstate', moved);
    addEventListener(MOVED, moved);
    return () => {
      removeEventListener('popstate', moved);
      removeEventListener(MOVED, moved);
    };
  }, []);
  return place;
}

function here(): Place {
  return { path: location.pathname.replace(/(.)\/+$/, '$1'), query: new URLSearchParams(location.search) };
}

interface LinkProps {
  to: string;
  class?: string;
  'aria-current'?: 'page';
  children: ComponentChildren;
}

/** A real link: it can be opened in a new tab, copied and read out. */
export function Link({ to, children, ...rest }: LinkProps) {
  const go = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a href={to} onClick={go} {...rest}>
      {children}
    </a>
  );
}
