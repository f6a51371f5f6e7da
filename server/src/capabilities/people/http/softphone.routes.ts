import { type SoftphoneRegistration, softphoneRegistration } from '@centralita/contract';
import { route, type Route } from '../../../http/route.ts';
import { registerSoftphone, type SoftphoneDeps } from '../application/register-softphone.ts';

/** Where a browser reaches the switch, which depends on the address it came by. */
export type SoftphoneReach = (from: { readonly host: string; readonly secure: boolean; readonly deviceId: string }) => Pick<SoftphoneRegistration, 'webSocketPath' | 'sipDomain' | 'iceServers'>;

export function softphoneRoutes(deps: SoftphoneDeps & { readonly softphoneReach: SoftphoneReach }): readonly Route[] {
  return [
    route({
      method: 'POST',
      url: '/api/softphone/registration',
      summary: 'A telephone for this browser, until sign-out',
      permission: 'workspace:use',
      schema: { response: softphoneRegistration },
      status: 201,
      perMinute: 120,
      handler: ({ who, requestId }) => registerSoftphone(deps, { ...who, requestId }),
      view: (softphone, { host, secure }) => ({ ...softphone, ...deps.softphoneReach({ host, secure, deviceId: softphone.deviceId }) }),
    }),
  ];
}
