import { health } from '@centralita/contract';
import { ok, refuse } from '@centralita/kernel';
import { publicRoute, type Route } from './route.ts';

export interface HealthDeps {
  readonly health: () => { readonly takesCalls: true; readonly storageAway: boolean } | { readonly takesCalls: false; readonly because: 'switch-away' | 'overloaded' };
}

/** For load balancers and whoever watches. Says nothing that a caller would not find out by calling. */
export function healthRoutes(deps: HealthDeps): readonly Route[] {
  return [
    publicRoute({
      method: 'GET',
      url: '/api/health',
      summary: 'Whether a new call would be taken now: 200, or 503 with the reason',
      schema: { response: health },
      handler: async () => {
        const found = deps.health();
        return found.takesCalls ? ok(found) : refuse({ code: found.because });
      },
      view: ({ storageAway }) => ({ status: 'up' as const, storage: storageAway ? ('away' as const) : ('here' as const) }),
    }),
  ];
}
