export * as z from './zod-schemas.ts';
