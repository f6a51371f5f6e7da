import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useLive } from '../live/live.tsx';
import { api } from '../session/api.ts';
import { FormDrafts, type Draft } from './form-drafts.ts';

const DraftsContext = createContext<FormDrafts | null>(null);

function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    // Blocked by the browser's settings: drafts then live as long as the page.
    return null;
  }
}

export function DraftsProvider({ children }: { readonly children: ReactNode }) {
  const { feed } = useLive();
  const [drafts] = useState(() => new FormDrafts({ save: api.saveAfterService, store: storage(), now: () => feed.clock.now() }));
  useEffect(() => {
    const leaving = () => drafts.flushAll();
    window.addEventListener('pagehide', leaving);
    return () => window.removeEventListener('pagehide', leaving);
  }, [drafts]);
  return <DraftsContext value={drafts}>{children}</DraftsContext>;
}

export function useDrafts(): FormDrafts {
  const drafts = use(DraftsContext);
  if (!drafts) throw new Error('useDrafts outside DraftsProvider');
  return drafts;
}

export function useDraft(conversationId: string): Draft | null {
  const drafts = useDrafts();
  return useSyncExternalStore(drafts.listen, () => drafts.read(conversationId));
}
