/** An error as the log has it. */
export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** Of a database error: what it is about, by name. */
  readonly about?: string;
  readonly stack?: string;
  readonly causes?: readonly DescribedError[];
}

const CAUSES_LIMIT = 10;
const DEPTH_LIMIT = 4;

/**
 * What a log may hold of an error: never its other fields, since a database error carries the row's values in `detail`, `where`
 * and `internalQuery`. PostgreSQL's messages name constraints and columns, but a data exception (class 22: "invalid input syntax
 * for type integer: …") quotes the value, so what it quotes is left out.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: typeof error === 'string' ? error : 'not an error' };
  const { code, table, constraint } = error as { readonly code?: unknown; readonly table?: unknown; readonly constraint?: unknown };
  const quoted = typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code);
  const clean = (text: string): string => (quoted ? text.replaceAll(/"[^"]*"/g, '"…"') : text);
  const about = [table, constraint].filter((name) => typeof name === 'string').join(' ');
  const inner = [...(error instanceof AggregateError ? (error.errors as readonly unknown[]) : []), ...(error.cause === undefined ? [] : [error.cause])];
  return {
    type: error.name,
    message: clean(error.message),
    ...(typeof code === 'string' && { code }),
    ...(about !== '' && { about }),
    ...(error.stack !== undefined && { stack: clean(error.stack) }),
    ...(inner.length > 0 && depth < DEPTH_LIMIT && { causes: inner.slice(0, CAUSES_LIMIT).map((one) => describeError(one, depth + 1)) }),
  };
}
