import type { Language } from '@centralita/kernel';
import { LANGUAGES } from '@centralita/kernel';
import { Menu } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, presentLanguage } from '../i18n/index.ts';
import { useMe } from '../live/live.tsx';
import { api } from '../session/api.ts';
import { errorText } from '../session/error-text.view-model.ts';
import { nameOfStatus, queryClient, useSession } from '../session/session.tsx';
import { usePhone } from '../softphone/phone-provider.tsx';
import { Overlays } from '../ui/overlays.tsx';
import { chooseDensity, DENSITIES, presentDensity, type Density } from '../ui/density.ts';
import { chooseTheme, presentTheme, THEMES, type Theme } from '../ui/theme.ts';
import { toast } from '../ui/toasts.tsx';
import { StatusButton } from './status-button.tsx';
import { StatusIcon } from './status-icon.tsx';

/** Who am I to the center now, since when; and everything that a person chooses for themselves. */
export function StatusMenu({ startOpen }: { readonly startOpen: boolean }) {
  const { t } = useTranslation();
  const session = useSession();
  const { agent } = useMe();
  const choose = useMutation({
    mutationFn: (statusId: string) => api.chooseStatus(statusId),
    onError: (error) => toast(errorText(error, t)),
  });
  const [open, setOpen] = useState(startOpen);
  const shown = choose.isPending ? choose.variables : agent?.statusId;
  const status = session.statuses.find(({ statusId }) => statusId === shown);
  return (
    <Overlays>
      <Menu position="bottom-end" width={280} offset={6} returnFocus loop withInitialFocusPlaceholder={false} opened={open} onChange={setOpen}>
      <Menu.Target>
        <StatusButton choosing={choose.isPending ? (status ?? null) : null} />
      </Menu.Target>
      <Menu.Dropdown>
        <div className="menu-person">
          <b>{session.name}</b>
          <span>
            {t(`common.roles.${session.role}`)}
            {session.extension ? ` · ${session.extension}` : ''}
          </span>
        </div>
        <Menu.Label>{t('shell.chooseStatus')}</Menu.Label>
        <Menu.RadioGroup value={shown ?? null} onChange={(statusId) => choose.mutate(statusId)}>
          {session.statuses.map((option) => (
            <Menu.RadioItem key={option.statusId} value={option.statusId} closeMenuOnClick className={option.takesQueueWork ? 'takes-work' : 'takes-none'}>
              <span className="menu-status">
                <StatusIcon icon={option.icon} takesWork={option.takesQueueWork} />
                <span className="menu-two">
                  {nameOfStatus(option)}
                  <small>{option.takesQueueWork ? t('shell.takesWork') : t('shell.takesNoWork')}</small>
                </span>
              </span>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Choices />
        <Menu.Divider />
        <SignOut />
      </Menu.Dropdown>
      </Menu>
    </Overlays>
  );
}

function Choices() {
  const { t } = useTranslation();
  const [theme, setTheme] = useState(presentTheme);
  const [density, setDensity] = useState(presentDensity);
  return (
    <div className="menu-choices">
      <Menu.Label>{t('common.language')}</Menu.Label>
      <div className="menu-row">
        <Menu.RadioGroup value={presentLanguage()} onChange={(language) => void chooseLanguage(language as Language)}>
          {LANGUAGES.map((language) => (
            <Menu.RadioItem key={language} value={language} lang={language}>
              {t(`common.languages.${language}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </div>
      <Menu.Label>{t('common.theme')}</Menu.Label>
      <div className="menu-row">
        <Menu.RadioGroup
          value={theme}
          onChange={(option) => {
            chooseTheme(option as Theme);
            setTheme(option as Theme);
          }}
        >
          {THEMES.map((option) => (
            <Menu.RadioItem key={option} value={option}>
              {t(`common.themes.${option}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </div>
      <Menu.Label>{t('common.density')}</Menu.Label>
      <div className="menu-row">
        <Menu.RadioGroup
          value={density}
          onChange={(option) => {
            chooseDensity(option as Density);
            setDensity(option as Density);
          }}
        >
          {DENSITIES.map((option) => (
            <Menu.RadioItem key={option} value={option}>
              {t(`common.densities.${option}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </div>
    </div>
  );
}

function SignOut() {
  const { t } = useTranslation();
  const { phone, state } = usePhone();
  const leave = useMutation({
    mutationFn: async () => {
      phone.stop();
      await api.signOut();
    },
    onSuccess: () => {
      queryClient.clear();
      location.assign('/sign-in');
    },
    onError: (error) => {
      phone.start();
      toast(errorText(error, t));
    },
  });
  return (
    <Menu.Item leftSection={<IconLogout className="i i-s" aria-hidden={true} />} onClick={() => leave.mutate()}>
      <span className="menu-two">
        {t('shell.signOut')}
        {state.call ? <small>{t('shell.signOutDuringCall')}</small> : null}
      </span>
    </Menu.Item>
  );
}
