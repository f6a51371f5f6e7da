import { PERMISSIONS, type Permission, scopeOf, SECTIONS_OF_ROLE, type SessionView, sessionView, signInRequest } from '@centralita/contract';
import { ok, refuse } from '@centralita/kernel';
import { publicRoute, route, type Route } from '../../../http/route.ts';
import { endedSessionCookie, sessionCookie } from '../../../http/session-cookie.ts';
import { type SessionCard, showSession } from '../application/show-session.ts';
import { signIn, type SignInDeps } from '../application/sign-in.ts';
import { signOut } from '../application/sign-out.ts';
import type { PeopleTable, Read, SessionTable } from '../application/ports.ts';
import type { SoftphoneDeps } from '../application/register-softphone.ts';

export interface SessionRouteDeps extends SignInDeps, SoftphoneDeps {
  readonly sessions: SessionTable;
  readonly read: Read;
  readonly people: PeopleTable;
  readonly secure: boolean;
  readonly liveDemo: () => { readonly available: boolean; readonly running: boolean };
}

export function sessionRoutes(deps: SessionRouteDeps): readonly Route[] {
  const view = (card: SessionCard): SessionView => sessionViewOf(card, deps.liveDemo());
  return [
    publicRoute({
      method: 'POST',
      url: '/api/session',
      summary: 'Sign in',
      schema: { body: signInRequest, response: sessionView },
      status: 201,
      perMinute: 60,
      bodyLimitBytes: 4_096,
      handler: async ({ body, address }) => {
        const started = await signIn(deps, { ...body, address });
        if (!started.ok) return started;
        const { candidate, token } = started.value;
        const card = await showSession(deps, candidate.account, candidate.userId);
        return card ? ok({ card, token }) : refuse({ code: 'wrong-credentials' });
      },
      view: ({ card }) => view(card),
      headers: ({ token }) => ({ 'set-cookie': sessionCookie(token, deps.secure, deps.sessionLifetimeMs) }),
    }),
    route({
      method: 'GET',
      url: '/api/session',
      summary: 'Who I am, what I may see, the words I choose from',
      permission: 'session:use',
      schema: { response: sessionView },
      handler: async ({ who }) => {
        const card = await showSession(deps, who.account, who.userId);
        return card ? ok(card) : refuse({ code: 'not-signed-in' });
      },
      view,
    }),
    route({
      method: 'DELETE',
      url: '/api/session',
      summary: 'Sign out',
      permission: 'session:use',
      schema: {},
      handler: ({ who, requestId }) => signOut(deps, { ...who, requestId }),
      headers: () => ({ 'set-cookie': endedSessionCookie(deps.secure) }),
    }),
  ];
}

function sessionViewOf({ person, account, words }: SessionCard, liveDemo: { readonly available: boolean; readonly running: boolean }): SessionView {
  const permissions = (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => scopeOf(person.role, permission) !== undefined);
  const mayWatch = permissions.includes('board:read');
  return {
    ...person,
    account: { accountId: account.accountId, slug: account.slug, name: account.name, timeZone: account.timeZone, simulated: account.simulated },
    sections: [...SECTIONS_OF_ROLE[person.role]],
    permissions,
    statuses: words.statuses.map(({ statusId, names, icon, takesQueueWork }) => ({ statusId, name: names[person.language], names, icon, takesQueueWork })),
    outcomes: [...words.outcomes],
    tags: [...words.tags],
    liveDemo: { available: mayWatch && liveDemo.available, running: mayWatch && liveDemo.running },
  };
}
