import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { wantMoreTexts } from './i18n/index.ts';
import { Crashed, NotFound } from './shell/lost.page.tsx';

/** A screen whose words come with its code. */
function withTexts<Module extends Record<string, unknown>, Name extends keyof Module>(load: () => Promise<Module>, name: Name) {
  return lazyRouteComponent(async () => {
    const [module] = await Promise.all([load(), wantMoreTexts()]);
    return module;
  }, name);
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Crashed });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } => (typeof search['next'] === 'string' && /^\/(?![/\\])/.test(search['next']) ? { next: search['next'] } : {}),
  component: lazyRouteComponent(() => import('./session/sign-in.page.tsx'), 'SignInPage'),
});
const callPage = withTexts(() => import('./call-page/call-us.page.tsx'), 'CallUsPage');
const callEs = createRoute({ getParentRoute: () => root, path: '/llamar/$slug', component: callPage });
const callEn = createRoute({ getParentRoute: () => root, path: '/call/$slug', component: callPage });

const signedIn = createRoute({ getParentRoute: () => root, id: 'signed-in', component: lazyRouteComponent(() => import('./shell/signed-in.tsx'), 'SignedIn') });
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/workspace' });
  },
});
const workspace = createRoute({ getParentRoute: () => signedIn, path: '/workspace', component: lazyRouteComponent(() => import('./workspace/workspace.page.tsx'), 'WorkspacePage') });
const live = createRoute({
  getParentRoute: () => signedIn,
  path: '/live',
  // An instant of the past, so that the way back from a conversation leads to the same moment.
  validateSearch: (search: Record<string, unknown>): { at?: number } => (Number.isSafeInteger(search['at']) && Number(search['at']) > 0 ? { at: Number(search['at']) } : {}),
  component: withTexts(() => import('./live/board/board.page.tsx'), 'BoardPage'),
});
const history = createRoute({
  getParentRoute: () => signedIn,
  path: '/history',
  validateSearch: (search: Record<string, unknown>): Record<string, string> => Object.fromEntries(Object.entries(search).flatMap(([key, value]) => (typeof value === 'string' || typeof value === 'number' ? [[key, String(value)]] : []))),
  component: withTexts(() => import('./history/history.page.tsx'), 'HistoryPage'),
});
const whatIf = createRoute({ getParentRoute: () => signedIn, path: '/what-if', component: withTexts(() => import('./what-if/what-if.page.tsx'), 'WhatIfPage') });
const conversation = createRoute({ getParentRoute: () => signedIn, path: '/history/$conversationId', component: withTexts(() => import('./history/conversation.page.tsx'), 'ConversationPage') });

export const router = createRouter({
  routeTree: root.addChildren([home, signIn, callEs, callEn, signedIn.addChildren([workspace, live, history, whatIf, conversation])]),
  defaultPreload: 'intent',
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
