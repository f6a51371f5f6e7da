const CREDENTIALS = /^((?:Proxy-)?Authorization|(?:WWW|Proxy)-Authenticate):.*$/gim;
/** User parts of SIP and tel URIs, and numbers in display names or parameters: five digits and more in a row. */
const NUMBER = /\+?\d{5,}/g;
const DISPLAY_NAME = /"[^"\r\n]*"(?=\s*<)/g;
/** Headers in which people's numbers and names stand. Via, Call-ID, CSeq, RTP ports and SDP session ids tell nothing of people. */
const PERSONAL = /^(INVITE|ACK|BYE|CANCEL|UPDATE|REFER|PRACK|INFO|OPTIONS|NOTIFY|MESSAGE|From|f|To|t|Contact|m|P-[A-Za-z-]+|Remote-Party-ID|Refer-To|r|Referred-By|b|Diversion|History-Info|Route|Record-Route)[ :]/i;

/** A SIP message without digits of numbers beyond the last two, names, secrets, or the digits somebody pressed. */
export function redact(text: string): string {
  const end = text.search(/\r?\n\r?\n/);
  const head = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? '' : text.slice(end);
  const isSdp = /^Content-Type:\s*application\/sdp|^c:\s*application\/sdp/im.test(head);
  const lines = head
    .replace(CREDENTIALS, '$1: …')
    .split('\n')
    .map((line) => (PERSONAL.test(line) ? redactLine(line) : line));
  return lines.join('\n') + (isSdp ? redactSdp(body) : body.trim() === '' ? body : '\n\n(body left out)');
}

const redactLine = (line: string): string => line.replace(DISPLAY_NAME, '"…"').replace(NUMBER, (number) => `${'x'.repeat(number.length - 2)}${number.slice(-2)}`);

/** SRTP keys and ICE passwords would open the media to whoever has the trace and the packets. */
const redactSdp = (sdp: string): string => sdp.replace(/^(a=(?:crypto|ice-pwd):).*$/gm, '$1…').replace(/^(o=)\S+/gm, '$1…');
