import type { ErrorCode } from '@centralita/contract';
import type { Result } from '@centralita/kernel';

/** Why a request is not done: a code of the catalogue, and where it helps the field at fault. Never personal data in `detail`. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
  readonly retryAfterSeconds?: number;
}

export type Answer<Value> = Result<Value, Refusal>;

/** Thrown by hooks, which have no return value to refuse with; routes return their refusals. */
export class RefusedRequest extends Error {
  override name = 'RefusedRequest';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}
