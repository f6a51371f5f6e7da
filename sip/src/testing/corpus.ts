import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = join(dirname(createRequire(import.meta.url).resolve('sip/package.json')), 'test', 'messages');

/** A message of RFC 4475 as the dev-only package `sip` ships it; `baddn` lost its empty line there. */
export const torture = (name: string): Buffer => Buffer.concat([readFileSync(join(folder, `${name}.dat`)), Buffer.from(name === 'baddn' ? '\r\n' : '')]);

/** RFC 4475 3.1.1 and others that a server must accept: they parse and pass every check. */
export const VALID = ['wsinv', 'intmeth', 'esc01', 'escnull', 'esc02', 'lwsdisp', 'longreq', 'dblreq', 'semiuri', 'transports', 'mpart01', 'unreason', 'noreason', 'inv2543', 'zeromf', 'cparam01', 'cparam02', 'regescrt', 'badbranch'] as const;

/**
 * Requests that are refused, and how (RFC 4475 3.1.2, 3.3). `null`: no answer can be built. Accepted on purpose, because refusing
 * would only hurt: `baddate` (a Date nobody reads).
 */
export const REFUSED: Readonly<Record<string, number | null>> = {
  badinv01: null,
  clerr: 400,
  ncl: 400,
  scalar02: 400,
  ltgtruri: 400,
  lwsruri: 400,
  lwsstart: 400,
  trws: 400,
  escruri: 400,
  regbadct: 400,
  badaspec: 400,
  baddn: 400,
  badvers: 505,
  mismatch01: 400,
  mismatch02: 400,
  quotbal: 400,
  insuf: 400,
  multi01: 400,
  mcl01: 400,
  badcseq: 400,
  novelsc: 416,
  unkscm: 416,
};

/** Well-formed requests that the user agent itself refuses (RFC 4475 3.3). */
export const REFUSED_ABOVE: Readonly<Record<string, number>> = { bext01: 420, invut: 415, sdp01: 406 };

/** Responses that are dropped: out of range, or with Vias that are not ours. */
export const DROPPED_RESPONSES = ['bigcode', 'scalarlg', 'bcast'] as const;
