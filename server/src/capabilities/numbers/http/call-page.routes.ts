import { callPage, guestCall, type SoftphoneRegistration } from '@centralita/contract';
import { ok, refuse } from '@centralita/kernel';
import { z } from 'zod';
import { publicRoute, type Route } from '../../../http/route.ts';
import { admitGuestCall, type CallPageDeps, showCallPage } from '../application/call-page.ts';

const params = z.object({ slug: z.string().regex(/^[a-z0-9-]{1,40}$/) });

export interface CallPageRouteDeps extends CallPageDeps {
  readonly softphoneReach: (from: { readonly host: string; readonly secure: boolean; readonly deviceId: string }) => Pick<SoftphoneRegistration, 'webSocketPath' | 'sipDomain' | 'iceServers'>;
}

/** For people without an account: what the call page shows, and one call from it. */
export function callPageRoutes(deps: CallPageRouteDeps): readonly Route[] {
  return [
    publicRoute({
      method: 'GET',
      url: '/api/public/:slug',
      summary: 'What the call page shows',
      schema: { params, response: callPage },
      perMinute: 120,
      handler: async ({ params: { slug } }) => {
        const shown = await showCallPage(deps, slug);
        return shown ? ok(shown.page) : refuse({ code: 'not-found' as const });
      },
      view: ({ accountName, open, recordingNotice, language, number }) => ({ accountName, open, recordingNotice, language, numberShown: number }),
    }),
    publicRoute({
      method: 'POST',
      url: '/api/public/:slug/guest-calls',
      summary: "A credential for one call to the center's number, valid for a minute",
      schema: { params, response: guestCall },
      status: 201,
      perMinute: 60,
      idempotent: true,
      handler: ({ params: { slug }, address, requestId }) => admitGuestCall(deps, slug, { address, requestId }),
      view: (credential, { host, secure }) => ({ ...credential, ...deps.softphoneReach({ host, secure, deviceId: credential.deviceId }) }),
    }),
  ];
}
