export type * from './domain/floor-configuration.ts';
