import type { Finding } from './finding.ts';

/** Exceptions that were there when a rule came, by rule and place: they may shrink, never grow. */
export type Ratchet = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** @returns findings that no exception covers, and exceptions that are larger than need be */
export function applyRatchet(findings: readonly Finding[], ratchet: Ratchet): Finding[] {
  const kept = findings.filter(({ rule, measured }) => !measured || measured.value > (ratchet[rule]?.[measured.key] ?? 0));
  const loose = Object.entries(ratchet).flatMap(([rule, exceptions]) =>
    Object.entries(exceptions).flatMap(([key, allowed]) => {
      const now = findings.find((finding) => finding.rule === rule && finding.measured?.key === key)?.measured?.value ?? 0;
      return now < allowed ? [{ rule, file: 'tools/tidy/ratchet.json', line: 1, text: `${key} is down to ${now || 'the limit'}: run node tools/tidy/main.ts --tighten` }] : [];
    }),
  );
  return [...kept, ...loose];
}

/** The exceptions made as small as what was measured; none is added or grows. */
export function tighten(findings: readonly Finding[], ratchet: Ratchet): Ratchet {
  const tightened = Object.entries(ratchet).map(([rule, exceptions]) => {
    const still = Object.entries(exceptions).flatMap(([key, allowed]) => {
      const now = findings.find((finding) => finding.rule === rule && finding.measured?.key === key)?.measured?.value;
      return now === undefined ? [] : [[key, Math.min(now, allowed)] as const];
    });
    return [rule, Object.fromEntries(still)] as const;
  });
  return Object.fromEntries(tightened);
}
