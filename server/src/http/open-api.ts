import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';

/** OpenAPI 3.1 from the very schemas that check requests and answers. Registered before the routes, which it watches. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Centralita',
        version: '1',
        description:
          'Everything the pages do. Requests that change something carry an Origin of this installation and the session cookie; refusals are application/problem+json with a code of the catalogue.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: '__Host-centralita', description: 'Named `centralita` on http://localhost.' } } },
    },
    transform: jsonSchemaTransform,
  });
}

/** The document, with keys in a fixed order so that the committed file changes only when the API does. */
export function apiDocument(app: FastifyInstance & { swagger?: () => unknown }): string {
  return `${JSON.stringify(sorted(app.swagger?.()), undefined, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
