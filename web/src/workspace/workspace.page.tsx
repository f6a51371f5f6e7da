import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDockInColumn } from '../shell/shell.tsx';
import { Dock } from '../softphone/dock.tsx';
import { nameOfParty } from '../ui/party.ts';
import { ContextPanel } from './context-panel.tsx';
import { Middle } from './middle.tsx';
import { MyCalls } from './my-calls.tsx';
import type { Moment } from './moment.view-model.ts';
import { useMoment } from './use-moment.ts';
import './workspace.css';

const TABS = ['conversation', 'timeline', 'calls'] as const;
type Tab = (typeof TABS)[number];

export function WorkspacePage() {
  const { t } = useTranslation();
  const moment = useMoment();
  const dock = useDockInColumn();
  // On a phone the three parts are tabs; a call that comes in shows itself.
  const [tab, setTab] = useState<{ readonly chosen: Tab; readonly during: Moment['kind'] }>({ chosen: 'conversation', during: moment.kind });
  const rings = moment.kind === 'ringing' || moment.kind === 'direct';
  const present: Tab = rings && tab.during !== moment.kind ? 'conversation' : tab.chosen;
  return (
    <main className="desk" id="content" tabIndex={-1} data-tab={present}>
      <nav className="tabs phone-tabs" aria-label={t('workspace.tabs.label')}>
        {TABS.map((option) => (
          <button key={option} type="button" aria-current={present === option ? 'true' : undefined} onClick={() => setTab({ chosen: option, during: moment.kind })}>
            {t(`workspace.tabs.${option}`)}
          </button>
        ))}
      </nav>
      <section className="mine" aria-label={t('workspace.myCalls')}>
        <MyCalls />
        {dock ? <Dock /> : null}
      </section>
      <section className="mid" aria-label={middleLabel(moment, t)}>
        {/* A conversation, a call or a state: the heading for those who do not see the card. */}
        {moment.kind === 'idle' || moment.kind === 'offline' || moment.kind === 'not-answering' || moment.kind === 'connecting' ? <h1 className="sr">{t('workspace.title')}</h1> : null}
        <Middle moment={moment} />
      </section>
      <aside className="side" aria-label={t('workspace.context.title')} tabIndex={0}>
        <ContextPanel moment={moment} />
      </aside>
      <Announcer moment={moment} />
    </main>
  );
}

function middleLabel(moment: Moment, t: TFunction): string {
  if (moment.kind === 'ringing' || moment.kind === 'direct') return t('workspace.whoCalls');
  if (moment.kind === 'call') return t('workspace.conversationWith', { name: nameOfParty(moment.call.other, t) });
  if (moment.kind === 'after-service') return t('workspace.conversationWith', { name: nameOfParty(moment.afterService.caller, t) });
  return t('workspace.title');
}

/** Says changes of state once, for those who listen to the screen. */
function Announcer({ moment }: { readonly moment: Moment }) {
  const { t } = useTranslation();
  const text =
    moment.kind === 'direct'
      ? t('workspace.announce.direct', { name: nameOfParty(moment.caller, t) })
      : moment.kind === 'ringing'
      ? t('workspace.announce.ringing', { name: nameOfParty(moment.offer.caller, t), queue: moment.offer.queueName })
      : moment.kind === 'call'
        ? t(moment.call.state === 'holding' ? 'workspace.announce.holding' : 'workspace.announce.talking', { name: nameOfParty(moment.call.other, t) })
        : moment.kind === 'after-service'
          ? t('workspace.announce.ended')
          : moment.kind === 'not-answering'
            ? t('workspace.announce.notAnswering')
            : '';
  return (
    <div className="sr" role="status" aria-live="assertive">
      {text}
    </div>
  );
}
