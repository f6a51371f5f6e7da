import { expect, it } from 'vitest';
import { describeError } from './describe-error.ts';

const database = (code: string, message: string) => Object.assign(new Error(message), { name: 'error', code, detail: 'Key (email)=(ana@correo.example) already exists.', where: 'ana', table: 'users', constraint: 'users_email' });

it('says what a database error is about, and none of its values', () => {
  const described = describeError(database('23505', 'duplicate key value violates unique constraint "users_email"'));
  expect(described).toMatchObject({ code: '23505', about: 'users users_email', message: 'duplicate key value violates unique constraint "users_email"' });
  expect(JSON.stringify(described)).not.toMatch(/ana@/);
});

it('leaves out what a data exception quotes, in the stack too', () => {
  const described = describeError(database('22P02', 'invalid input syntax for type integer: "+51987654321"'));
  expect(described.message).toBe('invalid input syntax for type integer: "…"');
  expect(JSON.stringify(described)).not.toContain('987654321');
});

it('follows causes, and not for ever', () => {
  const inner = new Error('inner');
  const outer = new AggregateError([inner, 'text'], 'outer', { cause: inner });
  expect(describeError(outer).causes?.map((cause) => cause.message)).toEqual(['inner', 'text', 'inner']);
  const circle = new Error('circle');
  circle.cause = circle;
  expect(JSON.stringify(describeError(circle)).match(/"message":"circle"/g)).toHaveLength(5);
});

it('takes what is not an error', () => {
  expect(describeError('just text')).toEqual({ type: 'string', message: 'just text' });
  expect(describeError({ number: '987' })).toEqual({ type: 'object', message: 'not an error' });
});
