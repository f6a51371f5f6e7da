const CREDENTIALS = /^((?:Proxy-)?Authorization|(?:WWW|Proxy)-Authenticate):.*$/gim;
/** The user part of a SIP URI, or all of a tel URI: a number, a name, an extension. */
const USER = /(sips?:|tel:)([^@<>;?\s"]+)(?=@)|(tel:)([^<>;\s]+)/gi;
/** Headers in which people's numbers and names stand. Via, Call-ID, CSeq and tags tell nothing of people. */
const PERSONAL = /^(INVITE|ACK|BYE|CANCEL|UPDATE|REFER|PRACK|INFO|OPTIONS|NOTIFY|MESSAGE|From|f|To|t|Contact|m|P-[A-Za-z-]+|Remote-Party-ID|Refer-To|r|Referred-By|b|Diversion|History-Info|Route|Record-Route|Subject|s)[ :]/i;
/** `"Ana" <sip:…` and `Ana <sip:…`; the header's name stays. */
const DISPLAY_NAME = /(^[A-Za-z-]+:\s*|,\s*)(?:"[^"]*"|[^<",]+?)\s*(?=<)/g;

/** A SIP message without digits of numbers beyond the last two, names, secrets, or the digits somebody pressed. */
export function redact(text: string): string {
  const end = text.search(/\r?\n\r?\n/);
  const head = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? '' : text.slice(end);
  const isSdp = /^(?:Content-Type|c):\s*application\/sdp/im.test(head);
  const lines = head
    .replace(CREDENTIALS, '$1: …')
    .split('\n')
    .map((line) => (PERSONAL.test(line) ? redactLine(line) : line));
  return lines.join('\n') + (isSdp ? redactSdp(body) : body.trim() === '' ? body : '\n\n(body left out)');
}

const redactLine = (line: string): string =>
  line
    .replace(/^(Subject|s):.*/i, '$1: …')
    .replace(DISPLAY_NAME, '$1"…" ')
    .replace(USER, (_all, scheme: string | undefined, user: string | undefined, tel: string | undefined, number: string | undefined) => `${scheme ?? tel ?? ''}${masked(user ?? number ?? '')}`);

const masked = (user: string): string => `${'x'.repeat(Math.max(0, user.length - 2))}${user.slice(-2)}`;

/**
 * SRTP keys and ICE passwords would open the media to whoever has the trace and the packets. A `cname` is made up by whoever sends it,
 * and some phones put their own address there (RFC 5576 section 6.1 leaves it free); so are names of sessions (`s=`) and contacts.
 */
const redactSdp = (sdp: string): string =>
  sdp
    .replace(/^(a=(?:crypto|ice-pwd):).*$/gm, '$1…')
    .replace(/^(a=ssrc:\d+ cname:).*$/gm, '$1…')
    .replace(/^([siuep]=)(?!-\s*$).+$/gm, '$1…')
    .replace(/^(o=)\S+/gm, '$1…');
