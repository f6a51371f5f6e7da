/** The type of `json`, from pg_type. */
const JSON_OID = 114;

/**
 * Texts of JSON as PostgreSQL's binary form of `json[]` (array_recv): neither side has to put quotes around quotes. The driver
 * sends a Buffer as it is.
 */
export function jsonArray(texts: readonly string[]): Buffer {
  if (texts.length === 0) return header(0);
  const sizes = texts.map((text) => Buffer.byteLength(text));
  const array = Buffer.allocUnsafe(HEADER_BYTES + DIMENSION_BYTES + sizes.reduce((sum, size) => sum + ELEMENT_BYTES + size, 0));
  header(1).copy(array);
  let at = array.writeInt32BE(texts.length, HEADER_BYTES);
  at = array.writeInt32BE(1, at);
  for (const [index, text] of texts.entries()) {
    at = array.writeInt32BE(sizes[index]!, at);
    at += array.write(text, at, 'utf8');
  }
  return array;
}

/** Dimensions, whether there are nulls, the elements' type. */
const HEADER_BYTES = 12;
/** Length and first index. */
const DIMENSION_BYTES = 8;
/** Its own length before each element. */
const ELEMENT_BYTES = 4;

function header(dimensions: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeInt32BE(dimensions, 0);
  bytes.writeInt32BE(JSON_OID, 8);
  return bytes;
}
