/**
 * JSON as PostgreSQL's `jsonb` takes it: it refuses \u0000 and halves of surrogate pairs, which a broken SIP header can bring
 * into an event. They become U+FFFD, since one bad byte must not keep a whole group of turns out of the journal.
 */
export function jsonbText(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  // JSON.stringify escapes exactly the characters below and other controls as \u….
  if (!text.includes('\\u')) return text;
  // An escaped backslash is taken as a pair, so that the text `\\u0000` (a backslash, then "u0000") stays as it is.
  return text.replace(/\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/gi, (found) => (found === '\\\\' ? found : '\ufffd'));
}

/** The same for a `text` column, which refuses NUL only; a lone surrogate becomes U+FFFD as the bytes are made. */
export const plainText = (value: string): string => value.replaceAll('\0', '\ufffd');
