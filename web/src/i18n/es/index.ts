import { first } from './first.ts';
import { more } from './more.ts';

/** Spanish is the first language: its keys are the type of every other one. Phrasing is impersonal, so that it serves America and Spain alike. */
export const es = { ...first, ...more };
