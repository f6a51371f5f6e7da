import type { es } from './es/index.ts';

type Same<Tree> = { readonly [Key in keyof Tree]: Tree[Key] extends string ? string : Same<Tree[Key]> };

/** What a language must have: every key of the Spanish texts, each with a text. */
export type Texts = Same<typeof es>;
