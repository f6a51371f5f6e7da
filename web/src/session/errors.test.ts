import { ERRORS, type ErrorCode } from '@centralita/contract';
import { describe, expect, it } from 'vitest';
import { texts } from '../testing/texts.ts';
import { ApiError, readProblem } from './api-client.ts';
import { errorText, isSignedOut, mayPass } from './error-text.view-model.ts';
import { checkSignIn } from './sign-in.view-model.ts';

const answer = (status: number, body: unknown) => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
const problemBody = (code: string, status: number) => ({ type: 'about:blank', title: code, status, code, requestId: 'req_1' });

describe('refusals', () => {
  for (const language of ['es', 'en'] as const) {
    it(`has a text in ${language} for every code of the catalogue, and for a lost connection`, () => {
      const t = texts(language);
      for (const code of [...(Object.keys(ERRORS) as ErrorCode[]), 'network'] as const) {
        const text = errorText(new ApiError(code), t);
        expect(text, code).not.toMatch(/^errors\./);
        // What happened and the way out: a single word is neither.
        expect(text.split(' ').length, code).toBeGreaterThan(4);
      }
    });
  }

  it('reads problem+json, and names a foreign answer by its status', async () => {
    expect((await readProblem(answer(409, problemBody('not-yours', 409)))).code).toBe('not-yours');
    expect((await readProblem(answer(409, problemBody('a-code-of-tomorrow', 409)))).code).toBe('internal');
    expect((await readProblem(answer(502, '<html>'))).code).toBe('network');
    expect((await readProblem(answer(404, '<html>'))).code).toBe('not-found');
  });

  it('tells a bug of ours from a refusal', () => {
    expect(errorText(new TypeError('x is undefined'), texts('en'))).toBe(texts('en')('errors.internal'));
    expect(isSignedOut(new ApiError('not-signed-in'))).toBe(true);
    expect(mayPass(new ApiError('network'))).toBe(true);
    expect(mayPass(new ApiError('forbidden'))).toBe(false);
  });

  it('asks before the server only for what can be put right here', () => {
    expect(checkSignIn('', '')).toEqual({ email: 'emailMissing', password: 'passwordMissing' });
    expect(checkSignIn('carla', 'x')).toEqual({ email: 'emailInvalid' });
    expect(checkSignIn('carla@ejemplo.es', 'x')).toEqual({});
  });
});
