import type { Tally } from '../../reports/index.ts';

/** Who hung up before the answer, short abandons too, of the offered; null without any. As Erlang A counts it. */
export const abandonedShare = ({ offered, abandoned, shortAbandons }: Tally): number | null => (offered === 0 ? null : (abandoned + shortAbandons) / offered);

/** Whom the queue's maximum wait or size sent elsewhere, of the offered; null without any. */
export const overflowedShare = ({ offered, overflowed }: Tally): number | null => (offered === 0 ? null : overflowed / offered);
