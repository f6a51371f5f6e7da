import type { Language } from '@centralita/kernel';
import { LANGUAGES } from '@centralita/kernel';
import { Menu } from '@mantine/core';
import { IconCheck, IconChevronDown, IconLogout } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, presentLanguage } from '../i18n/index.ts';
import { useMe, useNow } from '../live/live.tsx';
import { api } from '../session/api.ts';
import { errorText } from '../session/error-text.view-model.ts';
import { queryClient, useSession } from '../session/session.tsx';
import { usePhone } from '../softphone/phone-provider.tsx';
import { formatDuration } from '../ui/format.ts';
import { Face } from '../ui/parts.tsx';
import { chooseTheme, presentTheme, THEMES } from '../ui/theme.ts';
import { toast } from '../ui/toasts.tsx';
import { StatusIcon } from './status-icon.tsx';

/** Who am I to the center now, since when; and everything that a person chooses for themselves. */
export function StatusMenu() {
  const { t } = useTranslation();
  const session = useSession();
  const { agent } = useMe();
  const choose = useMutation({
    mutationFn: (statusId: string) => api.chooseStatus(statusId),
    onError: (error) => toast(errorText(error, t)),
  });
  // Shown at once; the feed confirms it a moment later.
  const shown = choose.isPending ? choose.variables : agent?.statusId;
  const status = session.statuses.find(({ statusId }) => statusId === shown);
  return (
    <Menu position="bottom-end" width={280} offset={6} returnFocus loop>
      <Menu.Target>
        <StatusButton status={status} since={choose.isPending ? null : (agent?.statusSince ?? null)} />
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
        {session.statuses.map((option) => (
          <Menu.Item
            key={option.statusId}
            role="menuitemradio"
            aria-checked={option.statusId === shown}
            className={option.takesQueueWork ? 'takes-work' : 'takes-none'}
            leftSection={<StatusIcon icon={option.icon} takesWork={option.takesQueueWork} />}
            rightSection={option.statusId === shown ? <IconCheck className="i i-s" aria-hidden={true} /> : null}
            onClick={() => choose.mutate(option.statusId)}
          >
            <span className="menu-two">
              {option.name}
              <small>{option.takesQueueWork ? t('shell.takesWork') : t('shell.takesNoWork')}</small>
            </span>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Choices />
        <Menu.Divider />
        <SignOut />
      </Menu.Dropdown>
    </Menu>
  );
}

function StatusButton({ status, since, ref, ...rest }: { readonly status: { readonly name: string; readonly icon: string; readonly takesQueueWork: boolean } | undefined; readonly since: number | null } & React.ComponentProps<'button'>) {
  const { t } = useTranslation();
  const session = useSession();
  const now = useNow();
  const time = since === null ? '00:00' : formatDuration(now - since);
  return (
    <button {...rest} ref={ref} type="button" className="status" aria-label={t('shell.statusOf', { name: session.name, status: status?.name ?? t('common.activities.offline'), time })}>
      <Face name={session.name} />
      <span className="status-text">
        <b className={status?.takesQueueWork ? 'takes-work' : 'takes-none'}>
          {status ? <StatusIcon icon={status.icon} takesWork={status.takesQueueWork} /> : null}
          <span>{status?.name ?? '…'}</span>
        </b>
        <time>{time}</time>
      </span>
      <IconChevronDown className="i" aria-hidden={true} />
    </button>
  );
}

function Choices() {
  const { t } = useTranslation();
  const [theme, setTheme] = useState(presentTheme);
  return (
    <div className="menu-choices">
      <fieldset>
        <legend>{t('common.language')}</legend>
        {LANGUAGES.map((language: Language) => (
          <Menu.Item key={language} role="menuitemradio" aria-checked={presentLanguage() === language} closeMenuOnClick={false} lang={language} onClick={() => void chooseLanguage(language)}>
            {t(`common.languages.${language}`)}
          </Menu.Item>
        ))}
      </fieldset>
      <fieldset>
        <legend>{t('common.theme')}</legend>
        {THEMES.map((option) => (
          <Menu.Item
            key={option}
            role="menuitemradio"
            aria-checked={theme === option}
            closeMenuOnClick={false}
            onClick={() => {
              chooseTheme(option);
              setTheme(option);
            }}
          >
            {t(`common.themes.${option}`)}
          </Menu.Item>
        ))}
      </fieldset>
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
