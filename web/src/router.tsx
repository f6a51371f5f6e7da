import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { Crashed, NotFound } from './shell/lost.page.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Crashed });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } => (typeof search['next'] === 'string' && /^\/(?![/\\])/.test(search['next']) ? { next: search['next'] } : {}),
  component: lazyRouteComponent(() => import('./session/sign-in.page.tsx'), 'SignInPage'),
});
const callPage = lazyRouteComponent(() => import('./call-page/call-us.page.tsx'), 'CallUsPage');
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
const live = createRoute({ getParentRoute: () => signedIn, path: '/live', component: lazyRouteComponent(() => import('./live/board/board.page.tsx'), 'BoardPage') });
const history = createRoute({
  getParentRoute: () => signedIn,
  path: '/history',
  validateSearch: (search: Record<string, unknown>): Record<string, string> => Object.fromEntries(Object.entries(search).flatMap(([key, value]) => (typeof value === 'string' || typeof value === 'number' ? [[key, String(value)]] : []))),
  component: lazyRouteComponent(() => import('./history/history.page.tsx'), 'HistoryPage'),
});
const conversation = createRoute({ getParentRoute: () => signedIn, path: '/history/$conversationId', component: lazyRouteComponent(() => import('./history/conversation.page.tsx'), 'ConversationPage') });

export const router = createRouter({
  routeTree: root.addChildren([home, signIn, callEs, callEn, signedIn.addChildren([workspace, live, history, conversation])]),
  defaultPreload: 'intent',
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
