import type { Texts } from '../texts.ts';
import { first } from './first.ts';
import { more } from './more.ts';

export const en: Texts = { ...first, ...more };
