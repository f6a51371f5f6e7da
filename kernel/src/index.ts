export * from './assert.ts';
export * from './decider.ts';
export * from './ids.ts';
export * from './ignore-failure.ts';
export * from './result.ts';
export * from './seeded.ts';
export * from './time.ts';
export * from './vocabulary.ts';
