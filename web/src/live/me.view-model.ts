import type { MeAfterService, MeAgent, MeCall, MeOffer } from '@centralita/contract';

export interface Me {
  readonly agent: MeAgent | null;
  readonly offer: MeOffer | null;
  /** The call that is talked on first; held ones after it. */
  readonly calls: readonly MeCall[];
  readonly afterService: MeAfterService | null;
}

/** Topic `me` as the screens read it. Entities were checked at the feed's boundary. */
export function readMe(state: Readonly<Record<string, unknown>>): Me {
  const calls = Object.entries(state)
    .filter(([key]) => key.startsWith('call:'))
    .map(([, call]) => call as MeCall)
    .sort((a, b) => Number(a.state === 'holding') - Number(b.state === 'holding') || a.since - b.since);
  return {
    agent: (state['agent'] as MeAgent | undefined) ?? null,
    offer: (state['offer'] as MeOffer | undefined) ?? null,
    calls,
    afterService: (state['after-service'] as MeAfterService | undefined) ?? null,
  };
}
