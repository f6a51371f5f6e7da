import type { Permission, SessionView, StatusView } from '@centralita/contract';
import { QueryClient, useQuery } from '@tanstack/react-query';
import { createContext, use } from 'react';
import type { Place } from '../ui/format.ts';
import { presentLanguage } from '../i18n/index.ts';
import { api } from './api.ts';
import { isSignedOut, mayPass } from './error-text.view-model.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (attempts, error) => attempts < 2 && mayPass(error),
      refetchOnWindowFocus: false,
    },
  },
});

/** Any answer that says "not signed in" ends the session on screen: the layout then leads to the sign-in page. */
function noticeSignedOut(error: unknown): void {
  if (isSignedOut(error)) void queryClient.invalidateQueries({ queryKey: ['session'] });
}
queryClient.getQueryCache().config.onError = (error, query) => {
  if (query.queryKey[0] !== 'session') noticeSignedOut(error);
};
queryClient.getMutationCache().config.onError = noticeSignedOut;

export const useSessionQuery = () => useQuery({ queryKey: ['session'], queryFn: ({ signal }) => api.session(signal), staleTime: Number.POSITIVE_INFINITY });

export const SessionContext = createContext<SessionView | null>(null);

export function useSession(): SessionView {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession outside the signed-in layout');
  return session;
}

export const may = (session: SessionView, permission: Permission): boolean => session.permissions.includes(permission);

/** Where dates and numbers are read: the language of the screen, the person's time zone. */
export function usePlace(): Place {
  const { timeZone } = useSession();
  return { language: presentLanguage(), timeZone };
}

/** In the language of the screen, which may be another than the person's. */
export const nameOfStatus = (status: StatusView): string => status.names[presentLanguage()] ?? status.name;
