import { retentionSettings, retentionView } from '@centralita/contract';
import { ok } from '@centralita/kernel';
import { route, type Route, versionTag } from '../../../http/route.ts';
import { changeRetention, type Retention, type RetentionDeps, showRetention } from '../application/change-retention.ts';
import { editorOf } from './queues.routes.ts';

const tag = ({ version }: Retention) => versionTag(version);

export function retentionRoutes(deps: RetentionDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/retention',
      summary: 'How long the journal and recordings are kept',
      permission: 'retention:edit',
      schema: { response: retentionView },
      handler: async ({ who }) => ok(await showRetention(deps, who.account)),
      view: (retention) => retention,
      headers: tag,
    }),
    route({
      method: 'PUT',
      url: '/api/retention',
      summary: 'Change how long they are kept; a shorter time deletes at the next round',
      permission: 'retention:edit',
      schema: { body: retentionSettings, response: retentionView },
      versioned: true,
      handler: ({ who, body, requestId, expectedVersion }) => changeRetention(deps, editorOf(who, requestId), expectedVersion, body),
      view: (retention) => retention,
      headers: tag,
    }),
  ];
}
