import type { TFunction } from 'i18next';
import { ApiError } from './api-client.ts';

/** The sentence for a failure. Anything that is not a refusal of the catalogue is a fault of ours and says so. */
export function errorText(error: unknown, t: TFunction): string {
  if (!(error instanceof ApiError)) return t('errors.internal');
  return t(`errors.${error.code}`);
}

export const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.code === 'not-signed-in';

/** Whether asking again by itself may help: refusals that depend on the moment, not on what was asked. */
export const mayPass = (error: unknown): boolean =>
  error instanceof ApiError && ['network', 'storage-away', 'switch-away', 'overloaded', 'rate-limited', 'internal', 'recording-not-ready'].includes(error.code);
