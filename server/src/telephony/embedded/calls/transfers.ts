import { userOf, type Dialog, type DialogId, type IncomingRefer, type TransferReport, type UserAgent } from '@centralita/sip';
import type { LegId } from '@centralita/kernel';
import type { Devices } from '../devices/devices.ts';
import type { Leg } from '../legs/leg.ts';
import type { Emit, Legs } from '../legs/legs.ts';

/** A phone shows "transferring" until it is told how it went; control has this long. */
const REPORT_WITHIN_MS = 30_000;

/** REFER from our own devices: asked, never done here. Control decides, places and connects; ending the leg is success. */
export class Transfers {
  readonly #reports = new Map<LegId, { readonly report: TransferReport; readonly timer: NodeJS.Timeout }>();
  readonly #legs: Legs;
  readonly #devices: Devices;
  readonly #agent: () => UserAgent;
  readonly #emit: Emit;

  constructor(legs: Legs, devices: Devices, agent: () => UserAgent, emit: Emit) {
    this.#legs = legs;
    this.#devices = devices;
    this.#agent = agent;
    this.#emit = emit;
    legs.onEnding((leg) => this.#settle(leg.id));
  }

  requested(leg: Leg, refer: IncomingRefer): void {
    const device = leg.deviceId === undefined ? undefined : this.#devices.get(leg.deviceId);
    if (device === undefined || device.kind === 'guest') return refer.reject(403, 'Forbidden');
    const replaced = refer.replaces === undefined ? undefined : this.legOf(refer.replaces);
    // Whoever it names must be of the same account; a dialog we do not have cannot be taken over (RFC 3891 section 3).
    if (refer.replaces !== undefined && replaced?.account !== leg.account) return refer.reject(481);
    this.#settle(leg.id);
    const report = refer.accept();
    const timer = setTimeout(() => {
      this.#reports.delete(leg.id);
      report.notify(503, 'Service Unavailable');
    }, REPORT_WITHIN_MS);
    this.#reports.set(leg.id, { report, timer });
    this.#emit(leg.account, { type: 'transfer-requested', legId: leg.id, target: userOf(refer.target.sip), replacesLegId: replaced?.id });
  }

  /** The leg whose call a Replaces header names. */
  legOf(id: DialogId): Leg | undefined {
    const dialog: Dialog | undefined = this.#agent().findDialog(id);
    if (dialog === undefined) return undefined;
    for (const leg of this.#legs.live()) if (leg.call.dialog === dialog) return leg;
    return undefined;
  }

  close(): void {
    for (const { timer } of this.#reports.values()) clearTimeout(timer);
    this.#reports.clear();
  }

  /** Called before the BYE goes out when control ends the leg, so that the phone hears 200 first. */
  #settle(legId: LegId): void {
    const waiting = this.#reports.get(legId);
    if (waiting === undefined) return;
    this.#reports.delete(legId);
    clearTimeout(waiting.timer);
    waiting.report.notify(200, 'OK');
  }
}
