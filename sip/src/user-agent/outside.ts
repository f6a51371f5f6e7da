import type { DialogRoute } from '../dialog/dialog-route.ts';
import type { DialogHost } from '../dialog/host.ts';
import type { InviteDialog } from '../dialog/invite-dialog.ts';
import type { Destination } from '../transaction/request-sender.ts';
import type { Flow } from '../transport/flow.ts';

/** What calls and requests of ours need from the user agent. */
export interface Outside {
  readonly host: DialogHost;
  /** undefined when there are too many. */
  newDialog(route: DialogRoute, side: 'caller' | 'callee', contactUser: string | undefined): InviteDialog | undefined;
  destination(options: { readonly uri: string; readonly flow?: Flow; readonly route?: string; readonly nextHop?: string }): Destination;
}
