/** `;name=value` parameters: lower-case names; a flag has the value ''. Quoted values come without their quotes. */
export type Params = ReadonlyMap<string, string>;

/**
 * Reads parameters of `text` from `start`, which stands at a ';' or at white space before one.
 * @returns undefined when something else stands there, or a quote is left open.
 */
export function readParams(text: string, start: number): Map<string, string> | undefined {
  const params = new Map<string, string>();
  let at = skipSpace(text, start);
  while (at < text.length) {
    if (text.charCodeAt(at) !== 59) return undefined;
    at = skipSpace(text, at + 1);
    const nameStart = at;
    while (at < text.length && !endsName(text.charCodeAt(at))) at++;
    const name = text.slice(nameStart, at).toLowerCase();
    at = skipSpace(text, at);
    let value = '';
    if (text.charCodeAt(at) === 61) {
      at = skipSpace(text, at + 1);
      if (text.charCodeAt(at) === 34) {
        const close = endOfQuoted(text, at);
        if (close < 0) return undefined;
        value = unquote(text.slice(at, close));
        at = skipSpace(text, close);
      } else {
        const valueStart = at;
        while (at < text.length && text.charCodeAt(at) !== 59) at++;
        value = text.slice(valueStart, at).trimEnd();
      }
    }
    // A trailing ";" is seen from real phones and costs nothing to overlook; ";;" is refused (RFC 4475 3.1.2.1).
    if (name === '' && at < text.length) return undefined;
    if (name !== '' && !params.has(name)) params.set(name, value);
  }
  return params;
}

export function writeParams(params: Params): string {
  let text = '';
  for (const [name, value] of params) text += value === '' ? `;${name}` : `;${name}=${isPlain(value) ? value : quote(value)}`;
  return text;
}

const endsName = (c: number): boolean => c === 61 || c === 59 || c === 32 || c === 9;

export function skipSpace(text: string, at: number): number {
  for (let c = text.charCodeAt(at); c === 32 || c === 9; c = text.charCodeAt(at)) at++;
  return at;
}

/** @param open index of the opening quote. @returns the index after the closing one, or -1. A backslash escapes one character. */
export function endOfQuoted(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 92) i++;
    else if (c === 34) return i + 1;
  }
  return -1;
}

export function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\(.)/gs, '$1') : inner;
}

export const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** Whether a parameter value needs no quotes: token characters plus those of hosts and URIs seen in parameters. */
function isPlain(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const c = value.charCodeAt(i);
    if (c <= 32 || c === 34 || c === 44 || c === 59 || c === 127) return false;
  }
  return true;
}
