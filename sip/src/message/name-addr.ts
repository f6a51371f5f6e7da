import { endOfQuoted, quote, readParams, skipSpace, unquote, writeParams, type Params } from './params.ts';
import { parseUri, type SipUri } from './uri.ts';

/** From, To, Contact, Route, Refer-To, P-Asserted-Identity …: an optional display name, a URI and parameters (RFC 3261 20.10). */
export interface NameAddr {
  readonly displayName?: string;
  /** As received; may be of another scheme (`tel:`), for which `sip` is undefined. */
  readonly uri: string;
  readonly sip?: SipUri;
  /** Parameters of the header field, not of the URI. */
  readonly params: Params;
}

/** @param text one element of the header. @returns undefined when broken; never throws. */
export function parseNameAddr(text: string): NameAddr | undefined {
  let at = skipSpace(text, 0);
  let displayName: string | undefined;
  if (text.charCodeAt(at) === 34) {
    const close = endOfQuoted(text, at);
    if (close < 0) return undefined;
    displayName = unquote(text.slice(at, close));
    at = skipSpace(text, close);
    if (text.charCodeAt(at) !== 60) return undefined;
  }
  const open = text.indexOf('<', at);
  if (open < 0) return bareAddress(text, at);
  if (open > at) {
    // An unquoted display name is a row of tokens; a comma or a colon in it means that the quotes were forgotten.
    displayName = text.slice(at, open).trim();
    if (/[,;:"@<>]/.test(displayName)) return undefined;
  }
  const close = text.indexOf('>', open);
  if (close < 0) return undefined;
  const uri = text.slice(open + 1, close);
  if (!plausible(uri)) return undefined;
  const params = readParams(text, close + 1);
  return params && { displayName, uri, sip: parseUri(uri), params };
}

/** Without angle brackets every parameter belongs to the header, and the URI may hold no comma, question mark or semicolon (20). */
function bareAddress(text: string, at: number): NameAddr | undefined {
  const semicolon = text.indexOf(';', at);
  const uri = text.slice(at, semicolon < 0 ? text.length : semicolon).trimEnd();
  if (!plausible(uri) || uri.includes('?')) return undefined;
  const params = semicolon < 0 ? new Map<string, string>() : readParams(text, semicolon);
  return params && { uri, sip: parseUri(uri), params };
}

/** A scheme and no white space; SIP URIs must also parse. */
function plausible(uri: string): boolean {
  const colon = uri.indexOf(':');
  if (colon <= 0 || /[\s"<>]/.test(uri)) return false;
  const scheme = uri.slice(0, colon).toLowerCase();
  return (scheme !== 'sip' && scheme !== 'sips') || parseUri(uri) !== undefined;
}

/** Without the parameters of the header: somebody else's tag must not go into our From or To. */
export const addressOnly = ({ displayName, uri }: Pick<NameAddr, 'displayName' | 'uri'>): Pick<NameAddr, 'displayName' | 'uri'> => ({ displayName, uri });

export function writeNameAddr(address: Pick<NameAddr, 'displayName' | 'uri'> & { readonly params?: Params }): string {
  const name = address.displayName ? `${quote(address.displayName)} ` : '';
  return `${name}<${address.uri}>${address.params ? writeParams(address.params) : ''}`;
}
