import type { ConversationView, OfferExplanation } from '@centralita/contract';
import { useTranslation } from 'react-i18next';
import { usePlace } from '../session/session.tsx';
import { formatClock, formatDuration } from '../ui/format.ts';
import { passedOverText, timelineLines, whyText } from './timeline.view-model.ts';

/** The cord, and a jack for each moment. Compact leaves the table of the choice out. */
export function Timeline({ conversation, compact = false }: { readonly conversation: Pick<ConversationView, 'timeline' | 'customer' | 'agentName' | 'number' | 'offers'>; readonly compact?: boolean }) {
  const { t } = useTranslation();
  const place = usePlace();
  const offers = new Map(conversation.offers.map((offer) => [offer.offerId, offer]));
  return (
    <ol className="line">
      {timelineLines(conversation, t).map((line, index) => {
        const offer = line.offerId === null ? undefined : offers.get(line.offerId);
        return (
          <li key={index}>
            <span className={`jack ${line.tone}`} aria-hidden="true" />
            <div>
              <b>{line.title}</b>
              {line.detail ? compact ? <p>{line.detail}</p> : <span className="muted num"> · {line.detail}</span> : null}
              {offer && compact ? <p>{whyText(offer, t)}</p> : null}
              {offer && !compact ? <Why offer={offer} /> : null}
            </div>
            <time>{formatClock(line.at, place)}</time>
          </li>
        );
      })}
    </ol>
  );
}

function Why({ offer }: { readonly offer: OfferExplanation }) {
  const { t } = useTranslation();
  const passedOver = passedOverText(offer, t);
  const rows = [{ agentId: offer.agentId, agentName: offer.agentName, skillLevel: offer.rank.skillLevel, idleMs: offer.rank.idleMs }, ...offer.runnersUp];
  return (
    <div className="why-box">
      <p>{whyText(offer, t)}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('why.columns.order')}</th>
            <th scope="col">{t('why.columns.person')}</th>
            <th scope="col">{t('why.columns.skill')}</th>
            <th scope="col" className="r">
              {t('why.columns.idle')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={row.agentId} className={index === 0 ? 'me' : undefined}>
              <td>{index + 1}</td>
              <td>{row.agentName}</td>
              <td>{t('why.skillLevel', { level: row.skillLevel })}</td>
              <td className="r">{formatDuration(row.idleMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {passedOver ? <p className="no">{t('why.passedOver', { list: passedOver })}</p> : null}
    </div>
  );
}
