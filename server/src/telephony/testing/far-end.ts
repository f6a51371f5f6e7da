/** A person with a telephone, in one call, as the contract suite needs them. Tones are measured, states are not trusted. */
export interface FarEnd {
  /** Says a steady tone from now on. */
  say(hertz: number): void;
  /** Resolves when the tone is heard clearly for a fifth of a second. */
  hears(hertz: number): Promise<void>;
  /** How loud the loudest of these tones was over the next half second, as a share of full volume; single clicks do not count. */
  loudest(hertz: readonly number[]): Promise<number>;
  press(digits: string): void;
  /** Digits that this phone received. */
  readonly digits: readonly string[];
  /** 180. */
  ring(): void;
  answer(): void;
  decline(status: number): void;
  /** Hangs up, or cancels what is not answered. */
  hangUp(): void;
  /** The phone's own hold button. */
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** Resolves when the other side has answered. */
  readonly answered: Promise<void>;
  /** Resolves when sound may be heard before the answer. */
  readonly early: Promise<void>;
  /** How it ended: the status of a refusal, 0 for a hang-up. */
  readonly ended: Promise<number>;
}

/** A device of the center's: calls to it are taken one by one. */
export interface FarDevice {
  readonly deviceId: string;
  nextCall(): Promise<FarEnd>;
}
