import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runInThisContext, Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { smallGrammar, START_RULES, withoutLog } from './small-jssip.ts';

interface Grammar {
  parse(text: string, rule: string): unknown;
}
const require = createRequire(import.meta.url);
const file = require.resolve('jssip/lib/Grammar.js');
const source = readFileSync(file, 'utf8');
const fromText = (code: string): Grammar => {
  const module = { exports: {} as Grammar };
  const run = runInThisContext(`(function (module, require) {${code}\n})`) as (module: unknown, require: unknown) => void;
  run(module, createRequire(file));
  return module.exports;
};
const full = fromText(source);
const small = fromText(smallGrammar(source));

/** What the center's switch writes to browsers, what others write, and what nobody should. */
const TEXTS: Readonly<Record<(typeof START_RULES)[number], readonly string[]>> = {
  Request_Response: ['INVITE sip:dev_1@center.invalid;transport=ws SIP/2.0', 'SIP/2.0 200 OK', 'SIP/2.0 407 Proxy Authentication Required', 'SIP/2.0 183 ', 'OPTIONS sips:a%20b@[2001:db8::1]:5061;lr?x=y SIP/2.0', 'BYE tel:+34600000142 SIP/2.0', 'SIP/3.0 200 OK', 'INVITE SIP/2.0', ''],
  Status_Line: ['SIP/2.0 180 Ringing', 'SIP/2.0 603 Ocupada ahora', 'SIP/2.0 9 no'],
  SIP_URI: ['sip:dev_1@center.invalid', 'sip:+34600000142@10.0.0.1:5060;transport=tcp;lr', 'sips:ana:secret@example.com?Subject=x&Priority=y', 'sip:[::1]:5060', 'sip:999.example.com', 'http://example.com', 'sip:@nobody'],
  Name_Addr_Header: ['"Ana \\"la\\" Torres" <sip:ana@example.com>;tag=1', 'Ana Torres <sip:ana@example.com>', '<sip:ana@example.com;lr>;x="a b"', 'sip:ana@example.com;tag=77', '"sin cerrar <sip:a@b>'],
  absoluteURI: ['wss://center.example.com:8443/sip', 'ws://localhost:8080/sip?x=1', 'ws://[2001:db8::1]/sip', 'mailto:ana@example.com', '/sip', ''],
  host: ['center.invalid', '10.0.0.256', '192.168.1.20', '[2001:db8::1]', 'a_b.example.com', '-x', 'dos palabras'],
  quoted_string: ['"dev_1"', '"con \\"comillas\\""', '"ñandú"', 'sin comillas', '"'],
  uuid: ['f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6', 'f81d4fae7dec'],
  Via: ['SIP/2.0/WSS 192.0.2.1:8443;branch=z9hG4bK77;rport=5060;received=192.0.2.9', 'SIP/2.0/UDP host.example.com', 'SIP / 2.0 / TCP first.example.com: 4000;ttl=16;maddr=224.2.0.1 ;branch=z9', 'SIP/2.0/WS', 'nada'],
  From: ['"Ana" <sip:+34600000142@center.invalid>;tag=a1', 'sip:204@center.invalid;tag=x.y', '<sip:anonymous@anonymous.invalid>;tag=9', ';tag=1'],
  To: ['<sip:dev_1@center.invalid>', 'Carla <sip:dev_1@center.invalid>;tag=b2', '<>'],
  Record_Route: ['<sip:192.0.2.1;lr>', '<sip:a;lr>, <sip:b;transport=ws;lr>', 'sip:a'],
  Call_ID: ['f81d4fae@192.0.2.1', 'x', 'dos partes'],
  Contact: ['<sip:abc@192.0.2.1;transport=ws>;expires=120', '*', '"C" <sip:c@d>;q=0.7;expires=60, <sip:e@f>', '<sip:a@b>;+sip.instance="<urn:uuid:1>";reg-id=1', '<'],
  Content_Length: ['0', '1274', '-1', 'x'],
  Content_Type: ['application/sdp', 'application/dtmf-relay', 'multipart/mixed; boundary="x"', 'application'],
  CSeq: ['1 INVITE', '4294967295 BYE', '7  CANCEL', 'abcdefg', '1'],
  Max_Forwards: ['70', '0', 'muchos'],
  WWW_Authenticate: ['Digest realm="center.invalid", nonce="84f1c1ae6cbe5ua9c8e88dfa3ecm3459", algorithm=MD5, qop="auth"', 'Digest realm="a b", qop="auth,auth-int", nonce="x", opaque="", stale=TRUE', 'Digest realm="a", algorithm=SHA-256, nonce="n", domain="sip:x", new=thing', 'Basic realm="x"'],
  Proxy_Authenticate: ['Digest realm="center.invalid",nonce="1",stale=false', 'Digest'],
  Session_Expires: ['1800;refresher=uas', '90', '90;refresher=nobody', 'x'],
  Refer_To: ['<sip:bob@example.com?Replaces=1%3Bto-tag%3D2>', 'sip:bob@example.com', '<'],
  Replaces: ['425928@bobster.example.org;to-tag=7743;from-tag=6472', '1;from-tag=2;to-tag=3;early-only', 'x y'],
  Event: ['refer;id=93809824', 'presence', 'a.b.c;x', ';'],
  Reason: ['SIP ;cause=200 ;text="Call completed elsewhere"', 'Q.850;cause=16', 'x'],
};

/** URIs and names are objects of JsSIP: what they print is what they are. */
const shown = (value: unknown): string => JSON.stringify(value, (_key, part: unknown) => (typeof part === 'object' && part !== null && part.constructor !== Object && !Array.isArray(part) ? { ...part, text: String(part) } : part));

/** What a grammar makes of a text; JsSIP's own breaks on some that are wrong, and then so must the small one. */
function read(grammar: Grammar, text: string, rule: string): string {
  try {
    return shown(grammar.parse(text, rule));
  } catch (error) {
    return `breaks: ${(error as Error).message}`;
  }
}

describe("JsSIP's grammar in the bundle", () => {
  for (const rule of START_RULES) {
    it(`reads ${rule} as the whole one does`, () => {
      const answers = TEXTS[rule].map((text) => read(full, text, rule));
      expect(TEXTS[rule].map((text) => read(small, text, rule))).toEqual(answers);
      // What is right is among the texts, or two grammars that refuse all would agree.
      expect(answers.some((answer) => answer !== '-1' && !answer.startsWith('breaks'))).toBe(true);
    });
  }

  it('is a third smaller before it is packed, and stops the build when JsSIP changes under it', () => {
    expect(smallGrammar(source).length).toBeLessThan((source.length * 2) / 3);
    expect(() => smallGrammar(source.replaceAll('parse_Via', 'parse_Route'))).toThrow(/no rule Via/);
  });
});

describe("JsSIP's log in the bundle", () => {
  it('loses its statements and nothing else', () => {
    expect(withoutLog("  logger.debug(`a ${b(c)} )`, ')');\n  call(logger.debug);\n  logger.warn('x', () => (1));\n  after();")).toBe('  ;\n  call(logger.debug);\n  ;\n  after();');
  });

  it('is gone from every file, which still compiles', () => {
    const files = globSync('**/*.js', { cwd: path.dirname(file) });
    expect(files.length).toBeGreaterThan(20);
    for (const name of files) {
      const code = withoutLog(readFileSync(path.join(path.dirname(file), name), 'utf8'));
      expect(code, name).not.toMatch(/^\s*logger\.(debug|warn|error)\(/m);
      expect(() => new Script(`(function (module, exports, require) {${code}\n})`), name).not.toThrow();
    }
  });
});
