export * from './api.ts';
export * from './configuration.ts';
export * from './conversations.ts';
export * from './errors.ts';
export * from './feed.ts';
export * from './live.ts';
export * from './permissions.ts';
export * from './session.ts';
