import type { StatusView } from '@centralita/contract';
import { IconChevronDown } from '@tabler/icons-react';
import type { ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe, useNow } from '../live/live.tsx';
import { nameOfStatus, useSession } from '../session/session.tsx';
import { formatDuration } from '../ui/format.ts';
import { Face } from '../ui/parts.tsx';
import { StatusIcon } from './status-icon.tsx';

/** The person's status and the time in it, always in sight. `choosing` is shown at once; the feed confirms it a moment later. */
export function StatusButton({ choosing = null, ref, ...rest }: { readonly choosing?: StatusView | null } & ComponentProps<'button'>) {
  const { t } = useTranslation();
  const session = useSession();
  const { agent } = useMe();
  const now = useNow();
  const status = choosing ?? session.statuses.find(({ statusId }) => statusId === agent?.statusId);
  const time = choosing || !agent ? '00:00' : formatDuration(now - agent.statusSince);
  return (
    <button {...rest} ref={ref} type="button" className="status">
      <span className="sr">{t('shell.statusOf', { name: session.name })}</span>
      <Face name={session.name} />
      <span className="status-text">
        <b className={status?.takesQueueWork ? 'takes-work' : 'takes-none'}>
          {status ? <StatusIcon icon={status.icon} takesWork={status.takesQueueWork} /> : null}
          <span>{status ? nameOfStatus(status) : '…'}</span>
        </b>
        <time>{time}</time>
      </span>
      <IconChevronDown className="i" aria-hidden={true} />
    </button>
  );
}
