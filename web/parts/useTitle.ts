import { useEffect } from 'preact/hooks';

/** The title of the tab: the subject first, since tabs are narrow. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Boletos`;
  }, [title]);
}
