import { SECOND_MS } from '@centralita/kernel';
import type { Span } from '../scenario/scenario.ts';
import type { Chance } from './chance.ts';

/** One draw, in whole milliseconds. */
export function drawMs(chance: Chance, span: Span): number {
  return Math.round(SECOND_MS * seconds(chance, span));
}

function seconds(chance: Chance, span: Span): number {
  switch (span.kind) {
    case 'fixed':
      return span.seconds;
    case 'uniform':
      return chance.between(span.from, span.to);
    case 'exponential':
      return chance.exponential(span.mean);
    case 'lognormal':
      return chance.lognormal(span.median, span.sigma);
  }
}

/** Expected length, in milliseconds. */
export function meanMs(span: Span): number {
  switch (span.kind) {
    case 'fixed':
      return SECOND_MS * span.seconds;
    case 'uniform':
      return (SECOND_MS * (span.from + span.to)) / 2;
    case 'exponential':
      return SECOND_MS * span.mean;
    case 'lognormal':
      return SECOND_MS * span.median * Math.exp(span.sigma ** 2 / 2);
  }
}
