import type { Permission, Scope } from '@centralita/contract';
import type { AccountId, Language, Role, UserId } from '@centralita/kernel';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Answer } from './refusal.ts';

/** Whoever makes the request, as their session says; `scope` is what the route's permission gives their role. */
export interface SignedIn {
  readonly account: AccountId;
  readonly userId: UserId;
  readonly sessionId: string;
  readonly role: Role;
  readonly language: Language;
  readonly scope: Scope;
}

/** Another program, as the signature of its message says. */
export interface Sender {
  readonly account: AccountId;
  /** What of the account's it signs for. */
  readonly signerId: string;
  /** The same in every repeat of a message. */
  readonly messageId: string;
}

/** Whose signature a message must have, and the key that it is made with. */
export interface Signer extends Omit<Sender, 'messageId'> {
  readonly key: Buffer;
}

export interface Call<Params, Query, Body, Who = SignedIn> {
  readonly who: Who;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly requestId: string;
  /** Where the request comes from, for limits; not stored. */
  readonly address: string;
  /** Host the browser used (`localhost:8080`) and whether the way is encrypted. */
  readonly host: string;
  readonly secure: boolean;
  readonly language: Language;
  /** From If-Match; undefined when the route does not ask for it or `*` was given. */
  readonly expectedVersion: number | undefined;
  readonly range: string | undefined;
  /** Aborted when the connection closes before it was answered: nobody waits any more. */
  readonly left: AbortSignal;
}

/** `false`: the answer is a stream of bytes that the schemas say nothing about. */
type BodySchema = z.ZodType | false;

/**
 * The five steps of every endpoint: schema, who may (`permission`), use case (`handler`), view, errors (refusals of the handler,
 * written by `problem.ts`). Types flow from the schemas; a value that does not fit the response schema is a bug and answers 500.
 */
export interface RouteDeclaration<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType, Response extends z.ZodType, Value, Who> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: `/api/${string}`;
  /** Shown in OpenAPI; one line in English. */
  readonly summary: string;
  readonly schema: { readonly params?: Params; readonly query?: Query; readonly body?: Body; readonly response?: Response | false };
  readonly status?: 200 | 201 | 204;
  readonly handler: (call: Call<z.output<Params>, z.output<Query>, z.output<Body>, Who>) => Promise<Answer<Value>>;
  readonly view?: (value: Value, call: Call<z.output<Params>, z.output<Query>, z.output<Body>, Who>) => Response extends z.ZodType ? z.output<Response> : never;
  /** Headers of the answer (ETag, cookies), and for streams also the status. */
  readonly headers?: (value: Value, call: Call<z.output<Params>, z.output<Query>, z.output<Body>, Who>) => Readonly<Record<string, string>>;
  readonly stream?: (value: Value) => { readonly status: number; readonly body: Readable };
  /** A changed thing is changed from the version that was seen: If-Match is required (428) and compared (412). */
  readonly versioned?: true;
  /** The answer to an Idempotency-Key is kept for a day and given again to the same key. */
  readonly idempotent?: true;
  /** Tighter than the general limit, per address and minute. */
  readonly perMinute?: number;
  readonly bodyLimitBytes?: number;
  /** Let go with these when memory is short, since calls come first: 503. */
  readonly letGoWith?: LetGoWith;
}

export type LetGoWith = 'dashboards' | 'reports';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: `/api/${string}`;
  readonly summary: string;
  readonly permission: Permission | 'public';
  /** Whose signature its messages need: such a route alone is asked for no Origin, since no page sends them. */
  readonly signed: ((params: unknown) => Promise<Signer | undefined>) | undefined;
  readonly schema: { readonly params?: z.ZodType; readonly query?: z.ZodType; readonly body?: z.ZodType; readonly response?: BodySchema };
  readonly status: 200 | 201 | 204;
  readonly versioned: boolean;
  readonly idempotent: boolean;
  readonly perMinute: number | undefined;
  readonly bodyLimitBytes: number | undefined;
  readonly letGoWith: LetGoWith | undefined;
  readonly run: (call: Call<unknown, unknown, unknown, SignedIn | Sender | undefined>) => Promise<Answer<Reply>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

type Nothing = z.ZodType<unknown>;

/** An endpoint for people who are signed in. */
export function route<Params extends z.ZodType = Nothing, Query extends z.ZodType = Nothing, Body extends z.ZodType = Nothing, Response extends z.ZodType = Nothing, Value = unknown>(
  declaration: RouteDeclaration<Params, Query, Body, Response, Value, SignedIn> & { readonly permission: Permission },
): Route {
  return declare(declaration, declaration.permission);
}

/** An endpoint for everybody. `who` is undefined even when somebody is signed in. */
export function publicRoute<Params extends z.ZodType = Nothing, Query extends z.ZodType = Nothing, Body extends z.ZodType = Nothing, Response extends z.ZodType = Nothing, Value = unknown>(
  declaration: RouteDeclaration<Params, Query, Body, Response, Value, undefined>,
): Route {
  return declare(declaration, 'public');
}

/**
 * An endpoint for other programs, which sign the bytes of what they send (Standard Webhooks). Nothing of a message is parsed before
 * its signature was found right, and `who` is whoever made it.
 */
export function signedRoute<Params extends z.ZodType = Nothing, Query extends z.ZodType = Nothing, Body extends z.ZodType = Nothing, Response extends z.ZodType = Nothing, Value = unknown>(
  declaration: RouteDeclaration<Params, Query, Body, Response, Value, Sender> & {
    readonly method: 'POST';
    readonly schema: { readonly params: Params };
    /** Undefined: nobody may send here. It is answered as a wrong signature is. */
    readonly signed: (params: z.output<Params>) => Promise<Signer | undefined>;
  },
): Route {
  return declare(declaration, 'public', async (params) => {
    // Asked before the server checks params: what does not fit is nobody's address.
    const parsed = declaration.schema.params.safeParse(params);
    return parsed.success ? declaration.signed(parsed.data) : undefined;
  });
}

function declare<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType, Response extends z.ZodType, Value, Who extends SignedIn | Sender | undefined>(
  declaration: RouteDeclaration<Params, Query, Body, Response, Value, Who>,
  permission: Permission | 'public',
  signed?: Route['signed'],
): Route {
  const { method, url, summary, schema, status = schema.response === undefined ? 204 : 200, handler, view, headers, stream } = declaration;
  type Typed = Call<z.output<Params>, z.output<Query>, z.output<Body>, Who>;
  return {
    method,
    url,
    summary,
    permission,
    signed,
    schema,
    status,
    versioned: declaration.versioned ?? false,
    idempotent: declaration.idempotent ?? false,
    perMinute: declaration.perMinute,
    bodyLimitBytes: declaration.bodyLimitBytes,
    letGoWith: declaration.letGoWith,
    run: async (untyped) => {
      // The server has parsed params, query and body with these very schemas, and `who` follows from the permission or the signature.
      const call = untyped as Typed;
      const answer = await handler(call);
      if (!answer.ok) return answer;
      const streamed = stream?.(answer.value);
      const body = streamed ? streamed.body : view?.(answer.value, call);
      return { ok: true, value: { status: streamed?.status ?? status, headers: headers?.(answer.value, call) ?? {}, body } };
    },
  };
}

/** The ETag of something editable. */
export const versionTag = (version: number): Readonly<Record<string, string>> => ({ etag: `"${version}"` });
