import { ERROR_TEXTS, ERRORS, type ErrorCode, type Problem } from '@centralita/contract';
import { LANGUAGES, type Language } from '@centralita/kernel';
import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type Refusal, RefusedRequest } from './refusal.ts';

/** RFC 9457; https://www.rfc-editor.org/rfc/rfc9457 */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

export function problemOf(refusal: Refusal, requestId: string, language: Language): Problem {
  return {
    type: `urn:centralita:problem:${refusal.code}`,
    title: ERROR_TEXTS[language][refusal.code],
    status: ERRORS[refusal.code],
    code: refusal.code,
    requestId,
    ...(refusal.detail !== undefined && { detail: refusal.detail }),
    ...(refusal.errors && { errors: [...refusal.errors] }),
    ...(refusal.retryAfterSeconds !== undefined && { retryAfterSeconds: refusal.retryAfterSeconds }),
  };
}

/** The refusal behind an error that a hook, the parser or the framework threw; undefined for a bug of ours. */
export function refusalOf(error: FastifyError | Error): Refusal | undefined {
  if (error instanceof RefusedRequest) return error.refusal;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const context = error.validationContext ?? 'body';
    return {
      code: 'invalid-input',
      errors: error.validation.map((one) => ({
        pointer: context === 'body' ? one.instancePath : `/${context}${one.instancePath}`,
        code: one.keyword ?? 'invalid',
        detail: one.message ?? '',
      })),
    };
  }
  return refusalOfFramework(error);
}

function refusalOfFramework(error: FastifyError | Error): Refusal | undefined {
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return { code: 'too-large' };
  if (status === 415) return { code: 'invalid-input', detail: 'content-type: application/json is expected' };
  if (status === 429) return { code: 'rate-limited', retryAfterSeconds: 60 };
  if (status === 400) return { code: 'invalid-input', detail: 'the request cannot be read' };
  if (status === 404) return { code: 'not-found' };
  return storageIsAway(error) ? { code: 'storage-away', retryAfterSeconds: 2 } : undefined;
}

/** Classes of PostgreSQL that mean "not there now": connection exceptions, operator intervention, too many connections. */
export function storageIsAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', '53300'].includes(code) || /^(08|57P)/.test(code) || (code === '' && GONE_OR_SILENT.test(error.message));
}

/** What the driver (`pg`) says without a code of a server that hangs, or went in the middle. */
const GONE_OR_SILENT = /^(Query read timeout|timeout exceeded when trying to connect|timeout expired|Connection terminated|Client has encountered a connection error)/;

/** The first of our languages that Accept-Language names, by its weights; Spanish when none. */
export function preferredLanguage(header: string | undefined): Language {
  const wanted = (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const weight = parameters.map((parameter) => /^\s*q=([0-9.]+)\s*$/.exec(parameter)?.[1]).find((found) => found !== undefined);
      return { language: tag.toLowerCase().split('-')[0], weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { language } of wanted) {
    const known = LANGUAGES.find((one) => one === language);
    if (known) return known;
  }
  return 'es';
}

export const isErrorCode = (code: string): code is ErrorCode => code in ERRORS;
