import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFeedBanners, useFeedConnected } from '../live/live.tsx';
import { useSession } from '../session/session.tsx';
import { usePhone } from '../softphone/phone-provider.tsx';

/** What is degraded, and what was kept. A connection that is only starting or blinking says nothing. */
export function Banners() {
  const { t } = useTranslation();
  const { account } = useSession();
  const banners = useFeedBanners();
  const feedLost = useLasting(!useFeedConnected(), 4_000);
  const { state } = usePhone();
  const phoneLost = useLasting(state.transport !== 'registered', 6_000);
  return (
    <div className="banners" role="status" aria-live="polite">
      {account.simulated ? <p className="banner calm">{t('shell.banners.simulated')}</p> : null}
      {feedLost ? <Banner text={t('shell.banners.feedLost')} /> : phoneLost ? <Banner text={t('shell.banners.phoneLost')} /> : null}
      {[...banners].map((banner) => (
        <Banner key={banner} text={t(`shell.banners.${banner}`)} />
      ))}
    </div>
  );
}

function Banner({ text }: { readonly text: string }) {
  return (
    <p className="banner">
      <IconAlertTriangle className="i i-s" aria-hidden={true} />
      {text}
    </p>
  );
}

function useLasting(condition: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!condition) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), ms);
    return () => clearTimeout(timer);
  }, [condition, ms]);
  return lasting;
}
