/** What is measured: one of two centers with the same queues, numbers and phones. */
export interface Center {
  readonly name: string;
  readonly sipPort: number;
  /** Signalling, decisions and storage, in milliseconds of processor time since the start, by part. */
  cpu(): Readonly<Record<string, number>>;
  /** Media apart: not in the comparison. Undefined where it cannot be told apart. */
  mediaCpu(): number | undefined;
  stop(): Promise<void>;
}

/** One queue with its number, and agents whose phones are all at one address. */
export interface Desk {
  readonly agents: number;
  readonly number: string;
  readonly phonesPort: number;
  /** Managers who only look: seats behind those of the agents. */
  readonly viewers?: number;
}

export const agentName = (desk: Desk, index: number): string => `a${desk.number}x${index}`;
export const contactOf = (desk: Desk, index: number): string => `sip:${agentName(desk, index)}@127.0.0.1:${desk.phonesPort}`;
