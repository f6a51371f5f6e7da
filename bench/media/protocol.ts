/** What the bench and its crowd of phones say to each other over the fork's channel. */
export type ToCrowd =
  | { readonly type: 'plain'; readonly phone: string; readonly hertz: number }
  /** The center's answer to a plain phone's offer: from here on it speaks. */
  | { readonly type: 'follow'; readonly phone: string; readonly port: number }
  /** Rings a browser with the center's offer. */
  | { readonly type: 'browser'; readonly phone: string; readonly hertz: number; readonly offer: string }
  | { readonly type: 'forget'; readonly phone: string }
  /** Figures count from now on. */
  | { readonly type: 'count' }
  | { readonly type: 'report' };

export type FromCrowd = { readonly type: 'sdp'; readonly phone: string; readonly sdp: string } | { readonly type: 'report'; readonly phones: readonly PhoneReport[]; readonly ownLateMs: readonly number[] };

export interface PhoneReport {
  readonly phone: string;
  readonly received: number;
  /** Gaps in the numbers of what the center sent. */
  readonly lost: number;
  /** Packets whose sound is nobody's: the other side was not heard in them. */
  readonly silent: number;
  /** How much later than the evenest pace each packet came, as counts per tenth of a millisecond. */
  readonly lateTenths: Readonly<Record<number, number>>;
}
