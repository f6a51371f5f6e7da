import { useMediaQuery } from '@mantine/hooks';
import { Outlet, useLocation } from '@tanstack/react-router';
import { createContext, use, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dock } from '../softphone/dock.tsx';
import { readPreference, writePreference } from '../ui/preferences.ts';
import { Toasts } from '../ui/toasts.tsx';
import { Banners } from './banners.tsx';
import { CallBar } from './call-bar.tsx';
import { Rail } from './rail.tsx';

const DockContext = createContext(false);
/** Whether the workspace keeps the phone in its own left column (wide screens); elsewhere it floats over the corner. */
export const useDockInColumn = (): boolean => use(DockContext);

/** Rail, call bar, banners, the screen, and the phone in its corner. */
export function Shell() {
  const { t } = useTranslation();
  const wide = useMediaQuery('(min-width: 1280px)', window.matchMedia('(min-width: 1280px)').matches, { getInitialValueInEffect: false });
  const inWorkspace = useLocation({ select: ({ pathname }) => pathname.startsWith('/workspace') });
  const [column, setColumn] = useState(() => readPreference('phone-panel') !== 'closed');
  const [floating, setFloating] = useState(false);
  const inColumn = wide && inWorkspace;
  const open = inColumn ? column : floating;
  const toggle = () => {
    if (!inColumn) return setFloating(!floating);
    setColumn(!column);
    writePreference('phone-panel', column ? 'closed' : null);
  };
  return (
    <DockContext value={inColumn && column}>
      <a className="skip" href="#content">
        {t('common.skipToContent')}
      </a>
      <div className="app">
        <Rail phoneOpen={open} togglePhone={toggle} />
        <CallBar />
        <div className="content">
          <Banners />
          <Outlet />
        </div>
        {!inColumn && floating ? (
          <div className="phone-float">
            <Dock />
          </div>
        ) : null}
      </div>
      <Toasts />
    </DockContext>
  );
}
