import type { Section } from '@centralita/contract';
import { IconActivity, IconAdjustmentsHorizontal, IconGridDots, IconHeadphones, IconHistory } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../live/live.tsx';
import { may, useSession } from '../session/session.tsx';
import { Mark } from '../ui/mark.tsx';

type Shown = Extract<Section, 'workspace' | 'live' | 'history'>;
const icons: Readonly<Record<Shown, ComponentType<{ className?: string; 'aria-hidden'?: boolean }>>> = { workspace: IconHeadphones, live: IconActivity, history: IconHistory };

// The sections of the role (S0.3), of which these have a screen; the others join as their screens land.
const withScreen: readonly Shown[] = ['workspace', 'live', 'history'];
const isShown = (section: Section): section is Shown => withScreen.some((shown) => shown === section);

export function Rail({ phoneOpen, togglePhone }: { readonly phoneOpen: boolean; readonly togglePhone: () => void }) {
  const { t } = useTranslation();
  const session = useSession();
  const { offer } = useMe();
  return (
    <aside className="rail">
      <Link className="logo" to="/workspace" aria-label={t('common.productName')}>
        <Mark ringing={offer !== null} />
      </Link>
      <nav aria-label={t('shell.sections.label')}>
        {session.sections.filter(isShown).map((section) => {
          const Icon = icons[section];
          return (
            <Link key={section} to={`/${section}`} activeProps={{ 'aria-current': 'page' }}>
              <Icon className="i" aria-hidden={true} />
              <span>{t(`shell.sections.${section}`)}</span>
            </Link>
          );
        })}
        {may(session, 'what-if:use') ? (
          <Link to="/what-if" activeProps={{ 'aria-current': 'page' }}>
            <IconAdjustmentsHorizontal className="i" aria-hidden={true} />
            <span>{t('shell.sections.whatIf')}</span>
          </Link>
        ) : null}
      </nav>
      <div className="foot">
        <button type="button" aria-pressed={phoneOpen} onClick={togglePhone}>
          <IconGridDots className="i" aria-hidden={true} />
          <span>{t('shell.phone')}</span>
        </button>
      </div>
    </aside>
  );
}
