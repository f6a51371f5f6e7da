import { Navigate, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, hasChosenLanguage } from '../i18n/index.ts';
import { LiveProvider } from '../live/live.tsx';
import { errorText, isSignedOut } from '../session/error-text.view-model.ts';
import { SessionContext, useSessionQuery } from '../session/session.tsx';
import { PhoneProvider } from '../softphone/phone-provider.tsx';
import { Failure, Skeleton } from '../ui/parts.tsx';
import { DraftsProvider } from '../workspace/drafts.tsx';
import { Shell } from './shell.tsx';
import './shell.css';

/** Everything behind the sign-in: the session, its feed, its phone, and the frame. */
export function SignedIn() {
  const { t } = useTranslation();
  const { data: session, error, isPending, refetch } = useSessionQuery();
  const here = useLocation({ select: ({ href }) => href });
  useEffect(() => {
    // The person's own language, unless another was chosen in this browser.
    if (session && !hasChosenLanguage()) void chooseLanguage(session.language, false);
  }, [session]);
  if (error && isSignedOut(error)) return <Navigate to="/sign-in" search={here === '/' || here === '/workspace' ? {} : { next: here }} />;
  if (error && !session) {
    return (
      <main className="alone">
        <Failure title={t('shell.crashedTitle')} text={errorText(error, t)} retry={() => void refetch()} />
      </main>
    );
  }
  if (isPending || !session) return <FrameSkeleton />;
  return (
    <SessionContext value={session}>
      <LiveProvider key={session.userId} session={session}>
        <PhoneProvider>
          <DraftsProvider>
            <Shell />
          </DraftsProvider>
        </PhoneProvider>
      </LiveProvider>
    </SessionContext>
  );
}

function FrameSkeleton() {
  return (
    <div className="app" aria-busy="true">
      <aside className="rail" />
      <header className="bar" />
      <div className="content">
        <div className="pad-24">
          <Skeleton lines={8} height={24} />
        </div>
      </div>
    </div>
  );
}
