import { lazy, Suspense, useState, type ComponentType, type ReactNode } from 'react';

/**
 * A control whose weight is loaded when somebody reaches for it: pointer over it, focus on it, or a press. Until then `closed` stands
 * in its place, the same to look at and to operate; a press while it loads opens it when it is there.
 */
export function onIntent<Props extends object>(load: () => Promise<ComponentType<Props & { readonly startOpen: boolean }>>) {
  const Loaded = lazy(async () => ({ default: await load() }));
  return function OnIntent({ closed, ...props }: Props & { readonly closed: (press: () => void) => ReactNode }) {
    const [state, setState] = useState<'away' | 'pressed'>('away');
    const stand = (
      <span className="on-intent" onPointerEnter={() => void load()} onFocus={() => void load()}>
        {closed(() => setState('pressed'))}
      </span>
    );
    if (state === 'away') return stand;
    const rest = props as unknown as Props;
    return (
      <Suspense fallback={stand}>
        <Loaded {...rest} startOpen />
      </Suspense>
    );
  };
}
