import fs from 'node:fs';
import path from 'node:path';
import { apiDocument } from '../open-api.ts';
import { silentHttp } from './silent-http.ts';

/** `node server/src/http/testing/emit-open-api.ts`: writes what the web's client is generated from. A test says when it is old. */
export const OPEN_API_FILE = path.resolve(import.meta.dirname, '../../../../contract/openapi.json');

export async function openApiText(): Promise<string> {
  const http = await silentHttp();
  await http.app.ready();
  const text = apiDocument(http.app);
  await http.close();
  return text;
}

if (import.meta.main) fs.writeFileSync(OPEN_API_FILE, await openApiText());
