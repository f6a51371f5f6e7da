import * as mini from 'zod/mini';

/**
 * The part of zod's builder that the contract is written with, on zod's own small build: the same engine parses, without the sixty
 * methods that every schema of the full build carries and no tree shaking can drop. `zod-in-browser.test.ts` compares both.
 */
type Schema = mini.ZodMiniType;

const isNumber = (schema: Schema): boolean => schema._zod.def.type === 'number';
// What a check is for is known by whoever wrote the schema; here it is only passed on.
const checked = (schema: Schema, check: unknown): Schema => grown(schema.check(check as Parameters<Schema['check']>[0]));

const methods: Readonly<Record<string, (this: Schema, argument: never) => Schema>> = {
  nullable() {
    return grown(mini.nullable(this));
  },
  optional() {
    return grown(mini.optional(this));
  },
  default(value: never) {
    return grown(mini._default(this, value));
  },
  describe() {
    return this;
  },
  int() {
    return checked(this, mini.int());
  },
  min(least: number) {
    return checked(this, isNumber(this) ? mini.gte(least) : mini.minLength(least));
  },
  max(most: number) {
    return checked(this, isNumber(this) ? mini.lte(most) : mini.maxLength(most));
  },
  regex(pattern: RegExp) {
    return checked(this, mini.regex(pattern));
  },
  trim() {
    return checked(this, mini.trim());
  },
  extend(shape: Record<string, Schema>) {
    return grown(mini.extend(this as unknown as mini.ZodMiniObject, shape));
  },
};

function grown<Made extends Schema>(schema: Made): Made {
  return Object.assign(schema, methods);
}

export const string = () => grown(mini.string());
export const number = () => grown(mini.number());
export const boolean = () => grown(mini.boolean());
export const unknown = () => grown(mini.unknown());
export const email = () => grown(mini.email());
export const cidrv4 = () => grown(mini.cidrv4());
export const cidrv6 = () => grown(mini.cidrv6());
export const stringbool = () => grown(mini.stringbool());
export const literal = (value: string) => grown(mini.literal(value));
export const array = (element: Schema) => grown(mini.array(element));
export const object = (shape: Record<string, Schema>) => grown(mini.object(shape));
export const record = (key: mini.ZodMiniString, value: Schema) => grown(mini.record(key, value));
export const union = (options: readonly Schema[]) => grown(mini.union(options));
export const discriminatedUnion = (key: string, options: readonly [mini.ZodMiniObject]) => grown(mini.discriminatedUnion(key, options));
export const coerce = { number: () => grown(mini.coerce.number()) };
const choice = (values: readonly string[]) => grown(mini.enum(values));
const nothing = () => grown(mini.null());
export { choice as enum, nothing as null };
