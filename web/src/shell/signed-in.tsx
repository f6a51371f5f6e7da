import { useNavigate, useRouter } from '@tanstack/react-router';
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
  useEffect(() => {
    // The person's own language, unless another was chosen in this browser.
    if (session && !hasChosenLanguage()) void chooseLanguage(session.language, false);
  }, [session]);
  const signedOut = error !== null && isSignedOut(error);
  useLeaveOnce(signedOut);
  if (signedOut) return <FrameSkeleton />;
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

/**
 * Leads to the sign-in page once. A `<Navigate>` here went on navigating for as long as that page's code was loading: this
 * layout stays mounted meanwhile, and each new address made a longer `next`.
 */
function useLeaveOnce(signedOut: boolean): void {
  const navigate = useNavigate();
  const router = useRouter();
  useEffect(() => {
    if (!signedOut) return;
    const here = router.state.location.href;
    const plain = here === '/' || here === '/workspace' || here.startsWith('/sign-in');
    void navigate({ to: '/sign-in', search: plain ? {} : { next: here } });
  }, [signedOut, navigate, router]);
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
