import type { Product } from './product.ts';

/** A person signed in without a browser: requests as their page would make them. */
export class Api {
  readonly #origin: string;
  readonly #cookie: string;

  private constructor(origin: string, cookie: string) {
    this.#origin = origin;
    this.#cookie = cookie;
  }

  static async signIn(product: Product, role: string): Promise<Api> {
    const { email, password } = product.person(role);
    const { origin } = new URL(product.address);
    const response = await fetch(`${origin}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json', origin }, body: JSON.stringify({ email, password }) });
    const cookie = response.headers.get('set-cookie')?.split(';')[0];
    if (!response.ok || cookie === undefined) throw new Error(`signing in: ${response.status} ${await response.text()}`);
    return new Api(origin, cookie);
  }

  async get<Answer>(path: string): Promise<Answer> {
    return (await this.#send('GET', path, {})).json() as Promise<Answer>;
  }

  /** For what may be refused. */
  async statusOf(path: string): Promise<number> {
    return (await fetch(`${this.#origin}${path}`, { headers: { cookie: this.#cookie } })).status;
  }

  async remove(path: string): Promise<void> {
    await this.#send('DELETE', path, {});
  }

  async bytes(path: string): Promise<Buffer> {
    return Buffer.from(await (await this.#send('GET', path, {})).arrayBuffer());
  }

  async post<Answer>(path: string, body: unknown = {}): Promise<Answer> {
    return (await this.#send('POST', path, { 'content-type': 'application/json' }, body)).json() as Promise<Answer>;
  }

  /** What cannot be read back, and so has no version. */
  async set(path: string, body: unknown): Promise<void> {
    await this.#send('PUT', path, { 'content-type': 'application/json' }, body);
  }

  /** Replaces what is there now: with the version that was read, or that it has now, as a form that was just opened. */
  async put(path: string, body: unknown, version?: number): Promise<void> {
    const etag = version === undefined ? (await this.#send('GET', path, {})).headers.get('etag') : `"${version}"`;
    await this.#send('PUT', path, { 'content-type': 'application/json', ...(etag ? { 'if-match': etag } : {}) }, body);
  }

  async #send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.#origin}${path}`, { method, headers: { ...headers, cookie: this.#cookie, origin: this.#origin }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}
