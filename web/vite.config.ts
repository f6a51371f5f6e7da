import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { groups } from './bundle/chunks.ts';
import { smallJsSip } from './bundle/small-jssip.ts';
import { smallZod } from './bundle/small-zod.ts';
import { withoutJsonSchema } from './bundle/without-json-schema.ts';

export default defineConfig({
  plugins: [react(), smallJsSip(), smallZod(), withoutJsonSchema()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // Fonts and pictures stay files: the content security policy allows no data: sources.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The contract's modules only define: a screen that needs no queue settings does not download their schema.
    rolldownOptions: { treeshake: { moduleSideEffects: [{ test: /\/contract\/src\//, sideEffects: false }] }, output: { codeSplitting: { groups } } },
  },
  server: {
    proxy: {
      '/api': { target: 'http://localhost:8080', ws: true },
      '/sip': { target: 'http://localhost:8080', ws: true },
    },
  },
});
