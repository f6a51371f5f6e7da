import type { CommitLineOptions } from '../commit-line.ts';

const refused = (): Promise<never> => Promise.reject(new Error('no spool'));

/** For a journal that is never away. */
export const NO_SPOOL: CommitLineOptions['spool'] = { append: refused, setAside: refused, close: () => Promise.resolve(), drained: () => Promise.resolve(), full: false, head: () => [], size: 0 };
