import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_TYPE, preferredLanguage, problemOf } from './problem.ts';
import type { Refusal } from './refusal.ts';
import type { HttpSettings } from './settings.ts';

/** Behind a trusted proxy its X-Forwarded-Proto decides, through fastify's `protocol`. */
export const isSecure = (request: FastifyRequest, settings: HttpSettings): boolean => settings.secure || request.protocol === 'https';

export function sendProblem(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  const problem = problemOf(refusal, request.id, preferredLanguage(request.headers['accept-language']));
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', String(problem.retryAfterSeconds));
  // Sent as text: the response schema of the route is about its success.
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}
