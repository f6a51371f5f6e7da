import { defineConfig } from 'vitest/config';

// Without isolation 80 files take 2 s instead of 28 s, so tests clean up after themselves. node-datachannel aborts the
// process when a worker thread that loaded it ends: those files (`*.rtc.test.ts`) run in forked processes of their own.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          include: ['{kernel,contract,sip,media,server,simulator,web,bench,tools,e2e}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.db.test.ts', '**/*.rtc.test.ts'],
          isolate: false,
          pool: 'threads',
        },
      },
      {
        test: {
          name: 'database',
          include: ['server/**/*.db.test.ts'],
          globalSetup: ['server/src/storage/testing/global-setup.ts'],
          isolate: false,
          pool: 'threads',
          hookTimeout: 60_000,
          testTimeout: 30_000,
        },
      },
      {
        // Sound in real time: a machine that stops for half a second in the middle of a measured tone proves nothing about
        // the product, so such a test may be heard once more.
        test: { name: 'rtc', include: ['server/**/*.rtc.test.ts'], pool: 'forks', retry: 1, hookTimeout: 60_000, testTimeout: 30_000 },
      },
    ],
  },
});
