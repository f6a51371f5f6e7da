import type { ServerOtherTransaction } from '../transaction/server-other.ts';
import type { DialogRequest } from './api.ts';
import { ALLOW } from './host.ts';
import type { InviteDialog } from './invite-dialog.ts';
import { readRefer } from './transfer.ts';

const asRequest = (dialog: InviteDialog, transaction: ServerOtherTransaction): DialogRequest => ({
  request: transaction.request,
  respond: (status, headers) => void transaction.respond(dialog.response(transaction.request, status, headers)),
});

/** INFO (RFC 6086): digits of older phones. Without a body it is only a sign of life; what nobody reads is refused by 415. */
export function answerInfo(dialog: InviteDialog, transaction: ServerOtherTransaction): void {
  if (dialog.events.has('info')) dialog.events.emit('info', asRequest(dialog, transaction));
  else transaction.respond(dialog.response(transaction.request, transaction.request.body === '' ? 200 : 415));
}

export function answerOther(dialog: InviteDialog, transaction: ServerOtherTransaction): void {
  const { request } = transaction;
  if (dialog.events.emit('request', asRequest(dialog, transaction))) return;
  if (request.method === 'OPTIONS' || request.method === 'NOTIFY') transaction.respond(dialog.response(request, 200, { Allow: ALLOW }));
  else transaction.respond(dialog.response(request, 405, { Allow: ALLOW }));
}

export function answerRefer(dialog: InviteDialog, transaction: ServerOtherTransaction): void {
  const { request } = transaction;
  const refer = readRefer(request, {
    respond: (status, _reason, headers) => void transaction.respond(dialog.response(request, status, headers)),
    notify: (headers, body) => void dialog.request('NOTIFY', { headers, contentType: 'message/sipfrag;version=2.0', body }),
  });
  if (!refer) transaction.respond(dialog.response(request, 400));
  else if (!dialog.events.emit('refer', refer)) transaction.respond(dialog.response(request, 603));
}
