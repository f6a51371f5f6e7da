import type { AccountId, Clock } from '@centralita/kernel';
import { ignoreFailure, randomId } from '@centralita/kernel';
import { agentTable } from '../capabilities/accounts/storage/agents.postgres.ts';
import { changeConfigurationIn, readConfigurationIn } from '../capabilities/accounts/storage/configuration.postgres.ts';
import { flowTable } from '../capabilities/accounts/storage/flows.postgres.ts';
import { queueNames } from '../capabilities/accounts/storage/queue-names.postgres.ts';
import { queueTable } from '../capabilities/accounts/storage/queues.postgres.ts';
import { retentionTable } from '../capabilities/accounts/storage/retention.postgres.ts';
import { skillTable } from '../capabilities/accounts/storage/skills.postgres.ts';
import { auditTrailIn } from '../capabilities/audit/storage/audit.postgres.ts';
import { CallerLookup } from '../capabilities/contacts/index.ts';
import { contactSourceTableIn } from '../capabilities/contacts/storage/contact-sources.postgres.ts';
import { contactTableIn } from '../capabilities/contacts/storage/contacts.postgres.ts';
import { sourceContactTable } from '../capabilities/contacts/storage/source-contacts.postgres.ts';
import { annotationsIn } from '../capabilities/conversations/storage/annotations.postgres.ts';
import { historyIn } from '../capabilities/conversations/storage/history.postgres.ts';
import { PROMPT_NAMES, validateFlow } from '../capabilities/flows/index.ts';
import { deliveriesIn } from '../capabilities/integrations/storage/deliveries.postgres.ts';
import { webhookTable } from '../capabilities/integrations/storage/webhooks.postgres.ts';
import { numberTable } from '../capabilities/numbers/storage/numbers.postgres.ts';
import { trunkTable } from '../capabilities/numbers/storage/trunks.postgres.ts';
import { AccountNameBook } from '../capabilities/people/application/account-names.ts';
import { deviceTable } from '../capabilities/people/storage/devices.postgres.ts';
import { peopleTableWith } from '../capabilities/people/storage/people.postgres.ts';
import { sessionTableIn } from '../capabilities/people/storage/sessions.postgres.ts';
import { legalHoldTable } from '../capabilities/recordings/storage/legal-holds.postgres.ts';
import { recordingTableIn } from '../capabilities/recordings/storage/recordings.postgres.ts';
import type { Pool } from '../storage/pool.ts';

/** Tables of every capability that the HTTP side reaches, on one pool of the role `app`. */
export function createStores(pool: Pool, clock: Clock, onNews: (account: AccountId) => void) {
  const change = changeConfigurationIn(pool);
  const read = readConfigurationIn(pool);
  const people = peopleTableWith(agentTable.floorAgent);
  const history = historyIn(pool);
  return {
    change,
    read,
    configuration: {
      change,
      read,
      queues: queueTable,
      skills: skillTable,
      agents: agentTable,
      flows: flowTable,
      validateFlow: (flow: Parameters<typeof validateFlow>[0], known: { readonly queueIds: ReadonlySet<string> }) =>
        validateFlow(flow, { hasQueue: (queueId) => known.queueIds.has(queueId), hasPrompt: (name) => PROMPT_NAMES.some((prompt) => prompt === name) }),
      drawId: (kind: 'queue' | 'skill' | 'flow') => randomId(kind),
    },
    retention: retentionTable,
    legalHolds: legalHoldTable,
    audit: auditTrailIn(pool),
    numbers: numberTable,
    trunks: trunkTable,
    webhooks: webhookTable,
    deliveries: deliveriesIn(pool),
    contactSources: contactSourceTableIn(pool),
    sourceContacts: sourceContactTable,
    sessions: sessionTableIn(pool),
    people,
    devices: deviceTable,
    history,
    annotations: annotationsIn(pool),
    recordings: recordingTableIn(pool),
    names: new AccountNameBook({ read, people, queueNames, onRead: onNews, onFailure: ignoreFailure }),
    callers: new CallerLookup({ contacts: contactTableIn(pool, (account, digits) => history.countOf(account, digits)), clock, onNews, onFailure: ignoreFailure }),
  };
}
export type Stores = ReturnType<typeof createStores>;
