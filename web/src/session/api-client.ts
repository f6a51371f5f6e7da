import { ERRORS, problem, type ErrorCode, type Problem } from '@centralita/contract';

/** What a refusal looks like to the screens: a code that has a text in both languages, and the server's words where it gave any. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: ErrorCode | 'network';
  readonly problem: Problem | null;

  constructor(code: ErrorCode | 'network', details: Problem | null = null, options?: ErrorOptions) {
    super(details?.detail ?? code, options);
    this.code = code;
    this.problem = details;
  }
}

interface Parser<Output> {
  parse(value: unknown): Output;
}

interface RequestOptions<Output> {
  readonly body?: unknown;
  readonly answer?: Parser<Output>;
  readonly signal?: AbortSignal | undefined;
  /** For every POST that causes a call (design 6): a repeat with the same key does it once. */
  readonly idempotencyKey?: string;
  /** Lets a save finish while the page is being left. */
  readonly keepalive?: boolean;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

/** Turns any failed response into an ApiError; one that is not ours (a proxy's page) becomes the code that fits its status. */
export async function readProblem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const parsed = problem.safeParse(body);
  if (parsed.success) return new ApiError(isErrorCode(parsed.data.code) ? parsed.data.code : 'internal', parsed.data);
  if (response.status === 502 || response.status === 503 || response.status === 504) return new ApiError('network');
  const byStatus = (Object.keys(ERRORS) as ErrorCode[]).find((code) => ERRORS[code] === response.status);
  return new ApiError(byStatus ?? 'internal');
}

/** @throws {ApiError} for every refusal and for a lost connection; an abort is rethrown as it is. */
export async function request<Output = void>(method: Method, path: string, options: RequestOptions<Output> = {}): Promise<Output> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': document.documentElement.lang };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.keepalive ? { keepalive: true } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('network', null, { cause: error });
  }
  if (!response.ok) throw await readProblem(response);
  if (!options.answer) return undefined as Output;
  return options.answer.parse(await response.json());
}
