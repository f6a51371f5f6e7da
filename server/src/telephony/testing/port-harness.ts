import type { DeviceCredential, TelephonyPort, Trunk } from '../port/index.ts';
import type { ControlSeat } from './control-seat.ts';
import type { FarDevice, FarEnd } from './far-end.ts';

/** What a port implementation brings along to be held to the contract. Every number and id is the harness's own choice. */
export interface PortHarness {
  readonly account: string;
  /** The center's number, which customers dial. */
  readonly number: string;
  /** Hold music is a steady tone of this frequency. */
  readonly musicHertz: number;
  /** What the port promises beyond signalling; a simulated telephone world may have no sound. */
  readonly sound: boolean;
  /** A control process takes its seat. The harness closes it in the end. */
  connect(of: { readonly epoch: number; readonly committedSeq: number }): Promise<ControlSeat>;
  /** Cuts the wire under the seat; it comes back by itself. */
  cut(seat: ControlSeat): void;
  /** A customer dials the center's number. */
  customer(): Promise<FarEnd>;
  /** A device of the account, provisioned through `seat` and online. */
  device(seat: ControlSeat, kind: DeviceCredential['kind']): Promise<FarDevice>;
  /** A device that has been provisioned and is not online. */
  offlineDevice(seat: ControlSeat): Promise<string>;
  /** A trunk whose far end is in our hands: calls over it are taken one by one. */
  carrier(seat: ControlSeat): Promise<{ readonly trunk: Trunk; nextCall(): Promise<FarEnd> }>;
  /** The channels of a finished recording, by the file name of its event. */
  recording(file: string): Promise<readonly Int16Array[]>;
  close(): Promise<void>;
}

export type PortMaker = () => Promise<PortHarness>;
export type { TelephonyPort };
