import { ignoreFailure } from '@centralita/kernel';
import { ControlSeat } from '../control-seat.ts';
import type { FarDevice, FarEnd } from '../far-end.ts';
import type { PortHarness } from '../port-harness.ts';

/** The people of the contract tests: control in its seat, two agents' devices that are online, and customers as they are needed. */
export class Cast {
  readonly harness: PortHarness;
  /** Changes when a test puts another control process in. */
  control: ControlSeat;
  readonly carla: FarDevice;
  readonly diego: FarDevice;

  private constructor(harness: PortHarness, control: ControlSeat, carla: FarDevice, diego: FarDevice) {
    this.harness = harness;
    this.control = control;
    this.carla = carla;
    this.diego = diego;
  }

  static async assemble(harness: PortHarness): Promise<Cast> {
    const control = await harness.connect({ epoch: 1, committedSeq: 0 });
    return new Cast(harness, control, await harness.device(control, 'browser'), await harness.device(control, 'phone'));
  }

  get account(): string {
    return this.harness.account;
  }

  /** A customer's call that waits for a word. */
  async offered(): Promise<{ readonly far: FarEnd; readonly legId: string }> {
    const far = await this.harness.customer();
    const refused = far.ended.then((status): never => {
      throw new Error(`the call was refused with ${status}`);
    });
    const offered = this.control.fact('leg-offered', (fact) => fact.dialled === this.harness.number);
    ignoreFailure('the call was offered before it ended', refused);
    const { legId } = await Promise.race([offered, refused]);
    return { far, legId };
  }

  /** A customer who has been answered. */
  async customer(): Promise<{ readonly far: FarEnd; readonly legId: string }> {
    const { far, legId } = await this.offered();
    await this.control.order({ type: 'answer-leg', legId });
    await Promise.all([far.answered, this.control.fact('leg-answered', (fact) => fact.legId === legId)]);
    return { far, legId };
  }

  /** Places a leg to a device. @returns its id and, when it rings there, the far end */
  async place(device: FarDevice, more: { readonly bridgeId?: string; readonly ringTimeoutMs?: number; readonly near?: string; readonly earlyMediaTo?: string } = {}): Promise<{ readonly far: FarEnd; readonly legId: string }> {
    const legId = ControlSeat.newId('leg');
    await this.control.order({
      type: 'place-legs',
      placementId: ControlSeat.newId('plc'),
      account: this.account,
      legs: [{ legId, target: { kind: 'device', deviceId: device.deviceId } }],
      caller: { number: '+34600000001' },
      ringTimeoutMs: more.ringTimeoutMs ?? 20_000,
      onAnswer: more.bridgeId === undefined ? undefined : { bridgeId: more.bridgeId },
      earlyMediaTo: more.earlyMediaTo,
      near: more.near,
    });
    return { far: await device.nextCall(), legId };
  }

  /** A customer and a device in a bridge, talking. The customer's leg ends when it is left alone. */
  async talking(device: FarDevice = this.diego): Promise<{ readonly bridgeId: string; readonly customer: { readonly far: FarEnd; readonly legId: string }; readonly agent: { readonly far: FarEnd; readonly legId: string } }> {
    const bridgeId = ControlSeat.newId('brg');
    const customer = await this.customer();
    await this.control.order({ type: 'connect', bridgeId, account: this.account, legIds: [customer.legId], endWhenAlone: [customer.legId] });
    const agent = await this.place(device, { bridgeId, near: customer.legId });
    agent.far.answer();
    await this.control.fact('leg-joined', (fact) => fact.legId === agent.legId && fact.bridgeId === bridgeId);
    return { bridgeId, customer, agent };
  }

  /** Ends legs and waits for their ends, so that the next test begins with an empty house. */
  async end(...legIds: readonly string[]): Promise<void> {
    for (const legId of legIds) await this.control.order({ type: 'end-leg', legId, cause: 'hung-up' });
    await this.control.until(() => legIds.every((legId) => this.control.count('leg-ended', (fact) => fact.legId === legId) === 1));
  }
}
