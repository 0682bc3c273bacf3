import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

const GUESSED_ROW_PX = 44;
const OVERSCAN = 8;
/** So few are all in the page, where the browser's own search finds them. */
const WHOLE = 100;
/** Browsers stop growing an element somewhere above this. */
const MAX_HEIGHT_PX = 16_000_000;

export interface VirtualRows {
  scroller: RefObject<HTMLDivElement | null>;
  from: number;
  /** Exclusive. */
  to: number;
  /** Pixels from the first row's place to that of row `index`. */
  topOf(index: number): number;
  heightPx: number;
}

/** Which rows of equal height are drawn: those in sight, or all where they are few. The height is measured of a row, so that larger text and narrow screens work. */
export function useVirtualRows(count: number): VirtualRows {
  const scroller = useRef<HTMLDivElement>(null);
  const [rowPx, setRowPx] = useState(GUESSED_ROW_PX);
  const [view, setView] = useState({ top: 0, height: 600 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => {
      const row = element.querySelector('[data-row]');
      const height = row?.getBoundingClientRect().height ?? 0;
      if (height > 0) setRowPx((before) => (Math.abs(before - height) < 0.5 ? before : height));
      setView((before) =>
        before.top === element.scrollTop && before.height === element.clientHeight
          ? before
          : { top: element.scrollTop, height: element.clientHeight },
      );
    };
    measure();
    element.addEventListener('scroll', measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', measure);
      observer.disconnect();
    };
  }, [count === 0]);
  const wantedPx = count * rowPx;
  const heightPx = Math.min(MAX_HEIGHT_PX, wantedPx);
  // Of more rows than the height holds, as in large text, one scrolled pixel is more than one.
  const scale = heightPx < wantedPx ? (wantedPx - view.height) / (heightPx - view.height) : 1;
  const top = view.top * scale;
  const isWhole = count <= WHOLE;
  const from = isWhole ? 0 : Math.max(0, Math.min(count, Math.floor(top / rowPx) - OVERSCAN));
  const to = isWhole ? count : Math.min(count, Math.ceil((top + view.height) / rowPx) + OVERSCAN);
  return { scroller, from, to, topOf: (index) => index * rowPx - top + view.top, heightPx };
}
