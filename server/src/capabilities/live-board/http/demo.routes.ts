import { demoRequest, demoState } from '@centralita/contract';
import { ok, refuse } from '@centralita/kernel';
import { route, type Route } from '../../../http/route.ts';

export interface DemoDeps {
  readonly liveDemo: () => { readonly available: boolean; readonly running: boolean };
  readonly switchDemo: (running: boolean) => Promise<void>;
}

/** The account that lives by itself, with simulated customers and agents. */
export function demoRoutes({ liveDemo, switchDemo }: DemoDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/demo',
      summary: 'Whether the live demo runs',
      permission: 'board:read',
      schema: { response: demoState },
      handler: async () => ok(liveDemo()),
      view: (state) => ({ ...state }),
    }),
    route({
      method: 'POST',
      url: '/api/demo',
      summary: 'Start or stop the live demo',
      permission: 'demo:switch',
      schema: { body: demoRequest, response: demoState },
      handler: async ({ body }) => {
        if (!liveDemo().available) return refuse({ code: 'not-allowed-now' as const, detail: 'this installation has no live demo' });
        await switchDemo(body.running);
        return ok(liveDemo());
      },
      view: (state) => ({ ...state }),
    }),
  ];
}
