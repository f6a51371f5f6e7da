import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OPEN_API_FILE, openApiText } from './testing/emit-open-api.ts';

describe('contract/openapi.json', () => {
  it('is what the routes say: run `node server/src/http/testing/emit-open-api.ts`', async () => {
    expect(fs.readFileSync(OPEN_API_FILE, 'utf8')).toBe(await openApiText());
  });

  it('is OpenAPI 3.1, and says of each operation how it is refused', async () => {
    const document = JSON.parse(fs.readFileSync(OPEN_API_FILE, 'utf8')) as { openapi: string; paths: Record<string, Record<string, { summary?: string; responses: Record<string, unknown> }>> };
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.entries(document.paths).flatMap(([url, methods]) => Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${url}`, ...operation })));
    expect(operations.length).toBeGreaterThan(40);
    for (const { name, summary, responses } of operations) {
      expect(summary, name).toBeTruthy();
      if (!name.startsWith('get /api/recordings/')) expect(responses, name).toHaveProperty('default');
    }
  });
});
