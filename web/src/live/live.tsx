import type { FeedTopic, SessionView } from '@centralita/contract';
import { createContext, startTransition, use, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import { api } from '../session/api.ts';
import { isSignedOut } from '../session/error-text.view-model.ts';
import { queryClient } from '../session/session.tsx';
import { FeedClient, type TopicState } from './feed-client.ts';
import { parseEntity } from './entities.ts';
import { readMe, type Me } from './me.view-model.ts';
import { NowSource } from './now.ts';

const pageOrigin = (): string => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}`;

/** A session that ended elsewhere is noticed here first: the layout then leads to the sign-in page. */
function lostSession(error: unknown): never {
  if (isSignedOut(error)) void queryClient.invalidateQueries({ queryKey: ['session'] });
  throw error;
}

interface Live {
  readonly feed: FeedClient;
  readonly now: Pick<NowSource, 'listen' | 'read'>;
}
const LiveContext = createContext<Live | null>(null);

/** Opens the person's feed for as long as they are signed in. */
export function LiveProvider({ session, children }: { readonly session: SessionView; readonly children: ReactNode }) {
  const [live] = useState<Live & { readonly now: NowSource }>(() => {
    const feed = new FeedClient({ ticket: () => api.feedTicket().catch(lostSession), origin: pageOrigin(), parse: parseEntity });
    return { feed, now: new NowSource(() => feed.clock.now()) };
  });
  useEffect(() => {
    const unfollow = live.feed.follow('me');
    const unheard = live.feed.listen(() => live.now.refresh());
    live.feed.start();
    const again = () => live.feed.reconnect();
    window.addEventListener('online', again);
    return () => {
      window.removeEventListener('online', again);
      unheard();
      unfollow();
      live.feed.stop();
    };
  }, [live, session.userId]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = use(LiveContext);
  if (!live) throw new Error('useLive outside LiveProvider');
  return live;
}

/** Everything within counts its times as of an instant that stands still: what is shown is of the past. */
export function AtInstant({ at, children }: { readonly at: number; readonly children: ReactNode }) {
  const { feed } = useLive();
  const value = useMemo<Live>(() => ({ feed, now: { listen: () => () => undefined, read: () => at } }), [feed, at]);
  return <LiveContext value={value}>{children}</LiveContext>;
}

export function useMe(): Me {
  const { feed } = useLive();
  const { state } = useSyncExternalStore(feed.listen, () => feed.topic('me'));
  return useMemo(() => readMe(state), [state]);
}

/** The server's time, to the second; renders once a second at most. */
export function useNow(): number {
  const { now } = useLive();
  return useSyncExternalStore(now.listen, now.read);
}

export function useFeedConnected(): boolean {
  const { feed } = useLive();
  return useSyncExternalStore(feed.listen, () => feed.connected);
}

export function useFeedBanners(): FeedClient['banners'] {
  const { feed } = useLive();
  return useSyncExternalStore(feed.listen, () => feed.banners);
}

/** The server's time in steps, for what need not be looked at every second; renders once a step. */
export function useNowInSteps(stepMs: number): number {
  const { now } = useLive();
  return useSyncExternalStore(now.listen, () => Math.floor(now.read() / stepMs) * stepMs);
}

/** Whether something is so at the server's time; renders only when the answer changes. */
export function useIsNow(check: (now: number) => boolean): boolean {
  const { now } = useLive();
  return useSyncExternalStore(now.listen, () => check(now.read()));
}

/**
 * Follows a topic while the component is there. What arrives is shown once a frame, as a transition: a board of hundreds of rows is
 * rendered in slices that typing, scrolling and an incoming call go before, so that no update makes a long task (design 10). A page
 * in the background has no frames: it draws the last state when it is looked at again.
 */
export function useFollowed(topic: FeedTopic): TopicState {
  const { feed } = useLive();
  const [shown, setShown] = useState<TopicState>(() => feed.topic(topic));
  useEffect(() => {
    const unfollow = feed.follow(topic);
    let frame = 0;
    const show = () => {
      frame = 0;
      startTransition(() => setShown(feed.topic(topic)));
    };
    const unheard = feed.listen(() => {
      frame ||= requestAnimationFrame(show);
    });
    show();
    return () => {
      cancelAnimationFrame(frame);
      unheard();
      unfollow();
    };
  }, [feed, topic]);
  return shown;
}
