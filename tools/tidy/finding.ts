/** Something that is not as it should be. */
export interface Finding {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** For rules with a ratchet: what was measured, and the name under which an exception is kept. */
  readonly measured?: { readonly key: string; readonly value: number };
}

export const describe = ({ rule, file, line, text }: Finding): string => `${file}:${line}: ${text} [${rule}]`;
