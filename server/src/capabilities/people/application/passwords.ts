import { hash, verify } from '@node-rs/argon2';
import { ignoreFailure } from '@centralita/kernel';
import type { Passwords } from './ports.ts';

/** argon2id with 19 MiB, two passes, one lane: OWASP's first recommendation, and the library's defaults. */
export const argonPasswords: Passwords = {
  hash: (password) => hash(password),
  verify: async (passwordHash, password) => {
    const checked = verify(passwordHash, password);
    // A hash that cannot be read (a person who never signs in has `!`) signs nobody in.
    ignoreFailure('reading a password hash', checked);
    return checked.catch(() => false);
  },
};
