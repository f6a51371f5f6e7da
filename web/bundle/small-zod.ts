import type { Plugin } from 'vite';

/** The contract's schemas on zod's small build: 12 kB of the 250 that the first load may have (design 10). */
export function smallZod(): Plugin {
  return {
    name: 'centralita:small-zod',
    enforce: 'pre',
    resolveId: {
      filter: { id: /^zod$/ },
      handler: () => new URL('zod-in-browser.ts', import.meta.url).pathname,
    },
  };
}
