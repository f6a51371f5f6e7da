import type { ConversationRow } from '@centralita/contract';
import { IconArrowDownLeft, IconArrowsLeftRight, IconArrowUpRight, IconMicrophone } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePlace } from '../session/session.tsx';
import { formatDay, formatDuration, formatTime } from '../ui/format.ts';
import { nameOfParty, numberOfParty } from '../ui/party.ts';
import { Chip } from '../ui/parts.tsx';
import { endingTone } from './history.view-model.ts';

const directionIcons = { inbound: IconArrowDownLeft, outbound: IconArrowUpRight, internal: IconArrowsLeftRight } as const;

export function HistoryTable({ rows }: { readonly rows: readonly ConversationRow[] }) {
  const { t } = useTranslation();
  const columns = ['when', 'who', 'queue', 'agent', 'wait', 'talk', 'ending', 'outcome', 'recording'] as const;
  return (
    <table>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col" className={`c-${column}`}>
              {column === 'recording' ? <span className="sr">{t('history.columns.recording')}</span> : t(`history.columns.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.conversationId} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { readonly row: ConversationRow }) {
  const { t } = useTranslation();
  const place = usePlace();
  const navigate = useNavigate();
  const Icon = directionIcons[row.direction];
  const open = { to: '/history/$conversationId', params: { conversationId: row.conversationId } } as const;
  return (
    // The whole row opens for the pointer; for the keyboard and the ear the name is the link.
    <tr onClick={(event) => event.defaultPrevented || void navigate(open)}>
      <td className="c-when num">
        <b>{formatTime(row.startedAt, place)}</b> <span className="faint">{formatDay(row.startedAt, place)}</span>
      </td>
      <td className="c-who">
        <span className="who-cell">
          <Icon className="i i-s" aria-hidden={true} />
          <span className="sr">{t(`common.directions.${row.direction}`)}</span>
          <Link {...open} className="num">
            {nameOfParty(row.customer, t)}
          </Link>
          {row.customer.name === null ? null : <span className="faint num">{numberOfParty(row.customer, t)}</span>}
        </span>
      </td>
      <td className="c-queue">{row.queueName ?? ''}</td>
      <td className="c-agent">{row.agentName ?? ''}</td>
      <td className="c-wait num">{row.waitMs === null ? '' : formatDuration(row.waitMs)}</td>
      <td className="c-talk num">{row.talkMs === null ? '' : formatDuration(row.talkMs)}</td>
      <td className="c-ending">
        <Chip tone={endingTone(row.ending)}>{t(`common.endings.${row.ending ?? 'live'}`)}</Chip>
      </td>
      <td className="c-outcome muted">{row.outcome ?? ''}</td>
      <td className="c-recording">{row.hasRecording ? <IconMicrophone className="i i-s" aria-label={t('history.hasRecording')} role="img" /> : null}</td>
    </tr>
  );
}
