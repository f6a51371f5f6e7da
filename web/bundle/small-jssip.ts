import type { Plugin } from 'vite';

/**
 * JsSIP without what a softphone of the center never runs: subscriptions and transfers by REFER (the center does those), the debug
 * package with everything said to it, and in the generated grammar the rules that no header we receive leads to, and the wording of failures that JsSIP throws
 * away (`parse` answers -1). 20 kB of the 250 that the first load may have (design 10). `small-jssip.test.ts` compares the grammars.
 */
export function smallJsSip(): Plugin {
  return {
    name: 'centralita:small-jssip',
    enforce: 'pre',
    load: {
      filter: { id: /(jssip\/lib\/(Subscriber|Notifier|RTCSession\/Refer(Subscriber|Notifier))|node_modules\/debug\/src\/browser)\.js$/ },
      handler: (id) => (id.includes('/debug/') ? SILENT : ABSENT),
    },
    transform: {
      filter: { id: /node_modules\/jssip\/lib\/.*\.js$/ },
      handler: (code, id) => ({ code: id.endsWith('/Grammar.js') ? smallGrammar(code) : withoutLog(code), map: null }),
    },
  };
}

const SILENT = "'use strict';\nmodule.exports = function silent() { return function () {}; };\nmodule.exports.default = module.exports;";
const ABSENT = "module.exports = class { constructor() { throw new Error('not in this softphone'); } };";

/** A string, a template without another template in it, or a bracket. */
const PART = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|[()]/g;

/** Takes out the statements that only tell the log; what they read has no effect. */
export function withoutLog(code: string): string {
  let kept = '';
  let from = 0;
  for (const { index, 0: call } of code.matchAll(/(?<=^\s*)logger\.(?:debug|warn|error)\(/gm)) {
    let depth = 1;
    PART.lastIndex = index + call.length;
    while (depth > 0) {
      const part = PART.exec(code)?.[0];
      if (part === undefined) throw new Error('a log statement of JsSIP has no end');
      depth += part === '(' ? 1 : part === ')' ? -1 : 0;
    }
    kept += code.slice(from, index);
    from = PART.lastIndex;
  }
  return kept + code.slice(from);
}

/** Where `Grammar.parse` is entered: by name in JsSIP's code, and by the name of each header that its parser reads. */
export const START_RULES = [
  ...['Request_Response', 'Status_Line', 'SIP_URI', 'Name_Addr_Header', 'absoluteURI', 'host', 'quoted_string', 'uuid'],
  ...['Via', 'From', 'To', 'Record_Route', 'Call_ID', 'Contact', 'Content_Length', 'Content_Type', 'CSeq', 'Max_Forwards', 'WWW_Authenticate', 'Proxy_Authenticate'],
  ...['Session_Expires', 'Refer_To', 'Replaces', 'Event', 'Reason'],
] as const;

const FUNCTION = /^ {12}function parse_(\w+)\(\) \{\n[\s\S]*?^ {12}\}\n/gm;
const ONE_CHARACTER = /if \(input\.charCodeAt\(pos\) === \d+\) \{\s*(\w+) = ("(?:[^"\\]|\\.)*");\s*pos\+\+;\s*\}\s*else \{\s*\1 = null;\s*\}/g;
const ONE_OF = /if \((\/\^\[(?:[^\]\\]|\\.)*\]\/i?)\.test\(input\.charAt\(pos\)\)\) \{\s*(\w+) = input\.charAt\(pos\);\s*pos\+\+;\s*\}\s*else \{\s*\2 = null;\s*\}/g;

/** @throws {Error} when the file is not the one that this was written for: then the build stops, and somebody looks */
export function smallGrammar(code: string): string {
  const quiet = code
    .replace(/if \(reportFailures === 0\) \{\s*matchFailed\((?:[^()"]|"(?:[^"\\]|\\.)*")*\);\s*\}/g, '')
    .replace(ONE_CHARACTER, (_all, result: string, character: string) => `${result} = one(${character});`)
    .replace(ONE_OF, (_all, set: string, result: string) => `${result} = oneOf(${set});`)
    .replace('function matchFailed(', 'function one(character) { if (input[pos] !== character) return null; pos++; return character; }\nfunction oneOf(set) { return set.test(input.charAt(pos)) ? input[pos++] : null; }\nfunction matchFailed(');
  const bodies = new Map([...quiet.matchAll(FUNCTION)].map(([body, name]) => [name!, body]));
  const reached = new Set<string>(START_RULES);
  for (const name of reached) {
    const body = bodies.get(name);
    if (body === undefined) throw new Error(`JsSIP's grammar has no rule ${name}: look at web/bundle/small-jssip.ts`);
    for (const [, next] of body.matchAll(/\bparse_(\w+)\(\)/g)) reached.add(next!);
  }
  return quiet.replace(FUNCTION, (body, name: string) => (reached.has(name) ? body : '')).replace(/^ *"(\w+)": parse_\1,?\n/gm, (line, name: string) => (reached.has(name) ? line : ''));
}
