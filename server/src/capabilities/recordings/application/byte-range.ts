/** One range of a file (RFC 9110 14.2). `end` is exclusive. A header that is not understood is ignored, as the standard allows. */
export function byteRange(header: string | undefined, bytes: number): { readonly start: number; readonly end: number } | 'whole' | 'unsatisfiable' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return 'whole';
  if (match[1] === '') {
    const last = Number(match[2]);
    return last === 0 ? 'unsatisfiable' : { start: Math.max(0, bytes - last), end: bytes };
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? bytes : Math.min(bytes, Number(match[2]) + 1);
  if (match[2] !== '' && Number(match[2]) < start) return 'whole';
  return start >= bytes ? 'unsatisfiable' : { start, end };
}
