import type { UserAgent, UserAgentOptions } from './api.ts';

export function createUserAgent(_options: UserAgentOptions): UserAgent {
  throw new Error('not built yet');
}
