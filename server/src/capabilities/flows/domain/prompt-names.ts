/** Prompts that the center itself says; each has a sound in both languages. Flows may name others that an account brings. */
export const PROMPT_NAMES = [
  'greeting',
  'main-menu',
  'recording-notice',
  'wrong-key',
  'no-key',
  'please-wait',
  'all-busy',
  'closing',
  'goodbye',
  'you-are-next',
  'you-are-number',
  'in-the-queue',
  'estimated-wait-is',
  'minute',
  'minutes',
  'less-than-a-minute',
  'reconnecting',
  'not-allowed',
  'not-available',
] as const;
export type PromptName = (typeof PROMPT_NAMES)[number];
