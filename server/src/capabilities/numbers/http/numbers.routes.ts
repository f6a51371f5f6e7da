import { numberList, numberSettings, numberView, trunkList, trunkSettings, trunkView } from '@centralita/contract';
import { ok } from '@centralita/kernel';
import { z } from 'zod';
import { route, type Route, type SignedIn, versionTag } from '../../../http/route.ts';
import type { DialledNumber, NumberDeps, Trunk } from '../application/ports.ts';
import { removeNumber } from '../application/remove-number.ts';
import { removeTrunk } from '../application/remove-trunk.ts';
import { changeNumber, createNumber } from '../application/save-number.ts';
import { changeTrunk, createTrunk } from '../application/save-trunk.ts';

const numberParams = z.object({ numberId: z.string().max(40) });
const trunkParams = z.object({ trunkId: z.string().max(40) });
const tag = ({ version }: { readonly version: number }) => versionTag(version);
const editorOf = (who: SignedIn, requestId: string) => ({ account: who.account, actor: who.userId, requestId });
const numberViewOf = (number: DialledNumber) => ({ ...number });

export interface NumberRouteDeps extends NumberDeps {
  /** Told after each change of a trunk or a number, so that the switch learns it with its password; a failure is its own to repair. */
  readonly directoryChanged: (account: string) => Promise<void>;
  readonly trunkUp: (account: string, trunkId: string) => boolean | null;
}

export function numberRoutes(deps: NumberRouteDeps): readonly Route[] {
  const told = async <Answer extends { readonly ok: boolean }>(who: SignedIn, answer: Promise<Answer>): Promise<Answer> => {
    const given = await answer;
    if (given.ok) await deps.directoryChanged(who.account);
    return given;
  };
  return [
    route({
      method: 'GET',
      url: '/api/numbers',
      summary: 'Numbers of the account and the flow each leads to',
      permission: 'numbers:read',
      schema: { response: numberList },
      handler: async ({ who }) => ok(await deps.read(who.account, (sql) => deps.numbers.list(sql))),
      view: (numbers) => ({ items: numbers.map(numberViewOf) }),
    }),
    route({
      method: 'POST',
      url: '/api/numbers',
      summary: 'Add a number',
      permission: 'numbers:edit',
      schema: { body: numberSettings, response: numberView },
      status: 201,
      idempotent: true,
      handler: ({ who, body, requestId }) => told(who, createNumber(deps, editorOf(who, requestId), body)),
      view: numberViewOf,
      headers: tag,
    }),
    route({
      method: 'PUT',
      url: '/api/numbers/:numberId',
      summary: 'Change a number',
      permission: 'numbers:edit',
      schema: { params: numberParams, body: numberSettings, response: numberView },
      versioned: true,
      handler: ({ who, params: { numberId }, body, requestId, expectedVersion }) => told(who, changeNumber(deps, editorOf(who, requestId), numberId, expectedVersion, body)),
      view: numberViewOf,
      headers: tag,
    }),
    route({
      method: 'DELETE',
      url: '/api/numbers/:numberId',
      summary: 'Remove a number',
      permission: 'numbers:edit',
      schema: { params: numberParams },
      handler: ({ who, params: { numberId }, requestId }) => told(who, removeNumber(deps, editorOf(who, requestId), numberId)),
    }),
    ...trunkRoutes(deps, told),
  ];
}

function trunkRoutes(deps: NumberRouteDeps, told: <Answer extends { readonly ok: boolean }>(who: SignedIn, answer: Promise<Answer>) => Promise<Answer>): readonly Route[] {
  const viewOf = (account: string, { trunkId, settings, version }: Trunk) => trunkView.parse({ ...settings, trunkId, version, up: deps.trunkUp(account, trunkId) });
  return [
    route({
      method: 'GET',
      url: '/api/trunks',
      summary: 'Trunks of the account, without passwords',
      permission: 'trunks:read',
      schema: { response: trunkList },
      handler: async ({ who }) => ok(await deps.read(who.account, (sql) => deps.trunks.list(sql))),
      view: (trunks, { who }) => ({ items: trunks.map((trunk) => viewOf(who.account, trunk)) }),
    }),
    route({
      method: 'POST',
      url: '/api/trunks',
      summary: 'Add a trunk',
      permission: 'trunks:edit',
      schema: { body: trunkSettings, response: trunkView },
      status: 201,
      idempotent: true,
      handler: ({ who, body, requestId }) => told(who, createTrunk(deps, editorOf(who, requestId), body)),
      view: (trunk, { who }) => viewOf(who.account, trunk),
      headers: tag,
    }),
    route({
      method: 'PUT',
      url: '/api/trunks/:trunkId',
      summary: 'Change a trunk; an empty password keeps the one it has',
      permission: 'trunks:edit',
      schema: { params: trunkParams, body: trunkSettings, response: trunkView },
      versioned: true,
      handler: ({ who, params: { trunkId }, body, requestId, expectedVersion }) => told(who, changeTrunk(deps, editorOf(who, requestId), trunkId, expectedVersion, body)),
      view: (trunk, { who }) => viewOf(who.account, trunk),
      headers: tag,
    }),
    route({
      method: 'DELETE',
      url: '/api/trunks/:trunkId',
      summary: 'Remove a trunk that no number uses',
      permission: 'trunks:edit',
      schema: { params: trunkParams },
      handler: ({ who, params: { trunkId }, requestId }) => told(who, removeTrunk(deps, editorOf(who, requestId), trunkId)),
    }),
  ];
}
