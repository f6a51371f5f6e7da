import type { ConversationView } from '@centralita/contract';
import { IconArrowDownLeft, IconArrowsLeftRight, IconArrowUpRight, IconCheck, IconChevronRight, IconFileDownload, IconPhone } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../session/api.ts';
import { errorText } from '../session/error-text.view-model.ts';
import { queryClient, usePlace, useSession } from '../session/session.tsx';
import { usePhone } from '../softphone/phone-provider.tsx';
import { formatClock, formatDay, formatDuration, formatLongDay, formatNumber, formatTime } from '../ui/format.ts';
import { nameOfParty, numberOfParty } from '../ui/party.ts';
import { Chip, Face, Failure, Signal, Skeleton } from '../ui/parts.tsx';
import { formatPhoneNumber } from '../ui/phone-number.ts';
import { toast } from '../ui/toasts.tsx';
import { OutcomePicker, TagPicker } from '../workspace/form-card.tsx';
import { readTraces } from './history-api.ts';
import { endingTone, fileMoment, mosLevel, traceFile, worstMos } from './history.view-model.ts';
import { Player } from './player.tsx';
import { saveFile } from './save-file.ts';
import { Timeline } from './timeline.tsx';
import { endedTitle } from './timeline.view-model.ts';
import './history.css';

const keyOf = (conversationId: string) => ['conversation', conversationId] as const;

export function ConversationPage() {
  const { t } = useTranslation();
  const { conversationId } = useParams({ from: '/signed-in/history/$conversationId' });
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keyOf(conversationId),
    queryFn: ({ signal }) => api.conversation(conversationId, signal),
    // While it lives, and while its recording is being made ready, it is looked at again.
    refetchInterval: (query) => (query.state.data && (query.state.data.endedAt === null || query.state.data.recordings.some(({ state }) => state === 'running')) ? 3_000 : false),
  });
  const name = data ? nameOfParty(data.customer, t) : null;
  useEffect(() => {
    if (name !== null) document.title = t('history.conversation.pageTitle', { name });
  }, [name, t]);
  return (
    <main className="page conversation" id="content" tabIndex={-1}>
      {isPending ? (
        <section className="card pad-24">
          <Skeleton lines={14} height={24} />
        </section>
      ) : error && !data ? (
        <Failure title={t('history.conversation.errorTitle')} text={errorText(error, t)} retry={() => void refetch()} />
      ) : (
        <Conversation conversation={data} />
      )}
    </main>
  );
}

function Conversation({ conversation }: { readonly conversation: ConversationView }) {
  const { t } = useTranslation();
  const place = usePlace();
  return (
    <>
      <Heading conversation={conversation} />
      <Summary conversation={conversation} />
      <Player conversation={conversation} />
      <div className="two">
        <section className="card sec" aria-label={t('history.conversation.timeline')}>
          <div className="head">
            <h2>{t('history.conversation.timeline')}</h2>
            <span className="end small faint">{t('history.conversation.zone', { zone: zoneName(place.timeZone ?? '') })}</span>
          </div>
          <Timeline conversation={conversation} />
        </section>
        <div className="col">
          <People conversation={conversation} />
          <Words conversation={conversation} />
          <Notes conversation={conversation} />
        </div>
      </div>
    </>
  );
}

const zoneName = (timeZone: string): string => (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');
const directionIcons = { inbound: IconArrowDownLeft, outbound: IconArrowUpRight, internal: IconArrowsLeftRight } as const;

function Heading({ conversation }: { readonly conversation: ConversationView }) {
  const { t } = useTranslation();
  const place = usePlace();
  const { sections } = useSession();
  const { phone, state } = usePhone();
  const customer = nameOfParty(conversation.customer, t);
  const Icon = directionIcons[conversation.direction];
  const mayCall = conversation.customer.number !== '' && state.call === null && state.transport === 'registered';
  const inHistory = sections.includes('history');
  return (
    <div className="hd">
      <div>
        <p className="crumb">
          <Link to={inHistory ? '/history' : '/workspace'}>{inHistory ? t('history.title') : t('workspace.title')}</Link>
          <IconChevronRight className="i" aria-hidden={true} />
          <span className="num">
            {formatLongDay(conversation.startedAt, place)}, {formatTime(conversation.startedAt, place)}
          </span>
        </p>
        <div className="row">
          <h1 className="num">{conversation.agentName ? t('history.conversation.withAgent', { customer, agent: conversation.agentName }) : customer}</h1>
          <Chip icon={<Icon className="i" aria-hidden={true} />}>{t(`common.directions.${conversation.direction}`)}</Chip>
          {conversation.queueName ? <Chip>{conversation.queueName}</Chip> : null}
          <Chip tone={endingTone(conversation.ending)} icon={conversation.ending === 'answered' ? <IconCheck className="i" aria-hidden={true} /> : undefined}>
            {t(`common.endings.${conversation.ending ?? 'live'}`)}
          </Chip>
        </div>
      </div>
      <div className="end">
        {conversation.allowedActions.includes('download-trace') ? <TraceButton conversation={conversation} /> : null}
        <button type="button" className="btn" disabled={!mayCall} title={conversation.customer.number === '' ? t('workspace.calls.cannotCallBack') : undefined} onClick={() => phone.dial(conversation.customer.number).catch((error: unknown) => toast(errorText(error, t)))}>
          <IconPhone className="i i-s" aria-hidden={true} />
          {t('history.conversation.call', { name: customer })}
        </button>
      </div>
    </div>
  );
}

/** SIP messages and media statistics of each of its legs, in one file: for whoever looks for why a call sounded as it did. */
function TraceButton({ conversation }: { readonly conversation: ConversationView }) {
  const { t } = useTranslation();
  const place = usePlace();
  const download = useMutation({
    mutationFn: () => readTraces(conversation.conversationId),
    onSuccess: ({ items }) => {
      const url = URL.createObjectURL(new Blob([traceFile(conversation.conversationId, items)], { type: 'application/json' }));
      saveFile(url, t('history.conversation.traceFile', { moment: fileMoment(conversation.startedAt, place.timeZone) }));
      // The browser has taken its own copy of the name and the bytes by the next turn of its loop.
      setTimeout(() => URL.revokeObjectURL(url));
    },
    onError: (error) => toast(errorText(error, t)),
  });
  return (
    <button type="button" className="btn plain" disabled={download.isPending} title={t('history.conversation.traceHint')} onClick={() => download.mutate()}>
      <IconFileDownload className="i i-s" aria-hidden={true} />
      {t('history.conversation.trace')}
    </button>
  );
}

function Summary({ conversation }: { readonly conversation: ConversationView }) {
  const { t } = useTranslation();
  const place = usePlace();
  const duration = (ms: number | null): string => (ms === null ? '–' : formatDuration(ms));
  const mos = worstMos(conversation);
  const facts: readonly (readonly [string, string])[] = [
    [t(conversation.direction === 'outbound' ? 'history.conversation.summary.dialed' : 'history.conversation.summary.entered'), formatClock(conversation.startedAt, place)],
    [t('history.conversation.summary.wait'), duration(conversation.waitMs)],
    [t('history.conversation.summary.talk'), duration(conversation.talkMs)],
    [t('history.conversation.summary.hold'), duration(conversation.holdMs)],
    [t('history.conversation.summary.afterService'), duration(conversation.afterServiceMs)],
    [t('history.conversation.summary.ended'), conversation.endedAt === null ? t('history.conversation.live') : endedTitle(t, conversation.endedBy, conversation)],
    [t('history.conversation.summary.quality'), mos === null ? '–' : t(`history.conversation.qualityWord.${mosLevel(mos)}`, { mos: formatNumber(mos, place.language, 1) })],
  ];
  return (
    <dl className="card sum">
      {facts.map(([term, fact]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd title={fact}>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}

function People({ conversation }: { readonly conversation: ConversationView }) {
  const { t } = useTranslation();
  const { language } = usePlace();
  return (
    <section className="card sec" aria-label={t('history.conversation.people')}>
      <div className="head">
        <h2>{t('history.conversation.people')}</h2>
      </div>
      <ul className="pp">
        {conversation.participants.map((person, index) => (
          <li key={index}>
            <Face name={person.name} />
            <div>
              <b>{person.name ?? (person.role === 'customer' ? numberOfParty(conversation.customer, t) : t('common.unknownCaller'))}</b>
              <span className="muted num">
                {t(`history.conversation.roles.${person.role}`)}
                {person.number ? ` · ${formatPhoneNumber(person.number)}` : ''}
              </span>
            </div>
            {person.mos === null ? null : (
              <span className="q" title={t('history.conversation.mos', { mos: formatNumber(person.mos, language, 1) })}>
                <Signal level={mosLevel(person.mos)} />
                {t(`history.conversation.qualityWord.${mosLevel(person.mos)}`, { mos: formatNumber(person.mos, language, 1) })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Tags and outcome: changed in place where the role may. */
function Words({ conversation }: { readonly conversation: ConversationView }) {
  const { t } = useTranslation();
  const key = keyOf(conversation.conversationId);
  const put = (part: Partial<ConversationView>) => queryClient.setQueryData(key, { ...conversation, ...part });
  const failed = (error: unknown) => {
    put(conversation);
    toast(errorText(error, t));
  };
  const tags = useMutation({ mutationFn: (next: readonly string[]) => api.setTags(conversation.conversationId, next), onMutate: (next) => put({ tags: [...next] }), onError: failed });
  const outcome = useMutation({ mutationFn: (next: string | null) => api.setOutcome(conversation.conversationId, next), onMutate: (next) => put({ outcome: next }), onError: failed });
  const allowed = conversation.allowedActions;
  return (
    <>
      <section className="card sec" aria-label={t('history.conversation.tags')}>
        <div className="head">
          <h2>{t('history.conversation.tags')}</h2>
        </div>
        {allowed.includes('set-tags') ? (
          <TagPicker tags={conversation.tags} choose={(next) => tags.mutate(next)} />
        ) : conversation.tags.length === 0 ? (
          <p className="muted small">{t('history.conversation.noTags')}</p>
        ) : (
          <div className="chips">
            {conversation.tags.map((tag) => (
              <Chip key={tag}>{tag}</Chip>
            ))}
          </div>
        )}
      </section>
      <section className="card sec" aria-label={t('history.conversation.outcome')}>
        <div className="head">
          <h2>{t('history.conversation.outcome')}</h2>
        </div>
        {allowed.includes('set-outcome') ? <OutcomePicker outcome={conversation.outcome} choose={(next) => outcome.mutate(next)} labelled /> : <p className="muted">{conversation.outcome ?? t('history.conversation.noOutcome')}</p>}
      </section>
    </>
  );
}

function Notes({ conversation }: { readonly conversation: ConversationView }) {
  const { t } = useTranslation();
  const place = usePlace();
  return (
    <section className="card sec" aria-label={t('history.conversation.notes')}>
      <div className="head">
        <h2>{t('history.conversation.notes')}</h2>
      </div>
      {conversation.notes.length === 0 ? <p className="muted small">{t('history.conversation.noNotes')}</p> : null}
      {conversation.notes.map((note) => (
        <div key={note.noteId} className="note">
          <p className="small faint num">
            {note.authorName} · {formatDay(note.at, place)} {formatTime(note.at, place)}
            {note.editedAt === null ? '' : ` · ${t('history.conversation.edited', { time: formatTime(note.editedAt, place) })}`}
          </p>
          <p>{note.text}</p>
        </div>
      ))}
      {conversation.allowedActions.includes('write-note') ? <NewNote conversation={conversation} /> : null}
    </section>
  );
}

function NewNote({ conversation }: { readonly conversation: ConversationView }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const input = useRef<HTMLTextAreaElement>(null);
  const add = useMutation({
    mutationFn: (words: string) => api.addNote(conversation.conversationId, words),
    onSuccess: () => {
      setText('');
      input.current?.focus();
      return queryClient.invalidateQueries({ queryKey: keyOf(conversation.conversationId) });
    },
    onError: (error) => toast(errorText(error, t)),
  });
  const save = () => text.trim() !== '' && !add.isPending && add.mutate(text.trim());
  return (
    <form
      className="say-note"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <textarea
        ref={input}
        className="field"
        rows={1}
        maxLength={10_000}
        aria-label={t('history.conversation.newNote')}
        placeholder={t('history.conversation.newNotePlaceholder')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
        }}
      />
      <button type="submit" className="btn" disabled={text.trim() === '' || add.isPending}>
        {t('common.save')}
      </button>
    </form>
  );
}
