import type { Plugin } from 'vite';

/**
 * Leaves zod's JSON Schema writer out of the bundle: the server emits the OpenAPI document, browsers only parse, and every zod type
 * refers to it, so that no tree is shaken. 36 kB before compression, 7 of the 250 kB that the first load may have (design 10).
 * The names are read from the module itself: an upgrade that adds one does not break, and a browser that calls one throws.
 */
export function withoutJsonSchema(): Plugin {
  return {
    name: 'centralita:without-json-schema',
    enforce: 'pre',
    transform: {
      filter: { id: /zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/ },
      handler(code) {
        const names = [...code.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name);
        return { code: `const absent = () => () => { throw new Error('no JSON Schema in the browser'); };\n${names.map((name) => `export const ${name} = absent;`).join('\n')}`, map: null };
      },
    },
  };
}
