import type { Finding } from './finding.ts';

/** Put together here, so that this file does not find itself. */
const PROMISES = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);
const MACHINE_PATH = new RegExp(`(^|[\\s'"\`(=])/(${['home', 'root', 'Users', 'work', 'workspace'].join('|')})/[\\w.-]`);
const DOWNLOAD_ADDRESS = /"resolved":\s*"http/;
const TEXT = /\.(ts|tsx|js|cjs|mjs|json|sql|md|css|html|yml|yaml|sh|xml|csv)$/;

export const isText = (file: string): boolean => TEXT.test(file) || file.startsWith('.ci/');

/** What the bare text shows, in any file. */
export function textFindings(file: string, text: string): Finding[] {
  const findings: Finding[] = [];
  const add = (rule: string, line: number, what: string) => findings.push({ rule, file, line, text: what });
  const isCode = /\.(ts|tsx|js|cjs|sql|css|html)$/.test(file);
  for (const [index, content] of text.split('\n').entries()) {
    if (isCode && PROMISES.test(content)) add('no-promises', index + 1, 'work put off without a condition: do it, or write a decision or an issue');
    if (file !== 'package-lock.json' && MACHINE_PATH.test(content)) add('no-machine-paths', index + 1, 'a path of one machine');
    if (file === 'package-lock.json' && DOWNLOAD_ADDRESS.test(content)) add('no-download-addresses', index + 1, 'the lock file names a registry: keep omit-lockfile-registry-resolved in .npmrc');
  }
  return findings;
}
