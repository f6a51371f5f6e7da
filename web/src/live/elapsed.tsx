import { useSyncExternalStore } from 'react';
import { formatDuration } from '../ui/format.ts';
import { useLive } from './live.tsx';

/** The time since an instant, ticking by itself: whatever is around it is not rendered again each second. */
export function Elapsed({ since }: { readonly since: number }) {
  const { now } = useLive();
  return useSyncExternalStore(now.listen, () => formatDuration(now.read() - since));
}
