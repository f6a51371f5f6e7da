import fastifySwagger from '@fastify/swagger';
import * as contract from '@centralita/contract';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';

/** Every schema of the contract is a component by its own name: `conversationView` → `ConversationView`. Query strings cannot be one: OpenAPI lists their parts. */
const QUERIES: ReadonlySet<unknown> = new Set([contract.auditFilter, contract.conversationFilter, contract.pastBoardQuery, contract.webhookDeliveryFilter, contract.whatIfDaysQuery]);
const schemaRegistry = z.registry<{ id: string }>();
for (const [name, schema] of Object.entries(contract)) {
  if (schema instanceof z.ZodType && !QUERIES.has(schema)) schemaRegistry.add(schema, { id: name[0]!.toUpperCase() + name.slice(1) });
}

/** OpenAPI 3.1 from the very schemas that check requests and answers. Registered before the routes, which it watches. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Centralita',
        version: '1',
        description:
          'Everything the pages do. Requests that change something carry an Origin of this installation and the session cookie, or, from another program, a signature; refusals are application/problem+json with a code of the catalogue.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: '__Host-centralita', description: 'Named `centralita` on http://localhost.' },
          webhookSignature: {
            type: 'apiKey',
            in: 'header',
            name: 'webhook-signature',
            description: 'Standard Webhooks: `v1,` and the base64 HMAC-SHA-256 of `webhook-id.webhook-timestamp.body`, sent within five minutes with the headers `webhook-id` and `webhook-timestamp`.',
          },
        },
      },
    },
    transform: createJsonSchemaTransform({ schemaRegistry }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  });
}

interface Document {
  readonly paths: unknown;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** The document, with keys in a fixed order so that the committed file changes only when the API does, and without schemas that nothing names. */
export function apiDocument(app: FastifyInstance & { swagger?: () => unknown }): string {
  const document = app.swagger?.() as Document;
  const named = new Set<string>();
  const open: unknown[] = [document.paths];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [, name] of JSON.stringify(next).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (named.has(name!)) continue;
      named.add(name!);
      open.push(document.components.schemas[name!]);
    }
  }
  const schemas = Object.fromEntries(Object.entries(document.components.schemas).filter(([name]) => named.has(name)));
  return `${JSON.stringify(sorted({ ...document, components: { ...document.components, schemas } }), undefined, 2)}\n`;
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
