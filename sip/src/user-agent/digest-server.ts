import type { DigestServer, DigestServerOptions } from './auth-api.ts';

export function createDigestServer(_options: DigestServerOptions): DigestServer {
  throw new Error('not built yet');
}
