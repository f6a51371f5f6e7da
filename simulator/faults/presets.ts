/** Every fault at once, more often than anybody will ever see them. */
export const EVERYTHING = {
  controlKilled: 4,
  controlFrozen: 1,
  databaseAway: 1,
  commitUnknown: 2,
  tornTail: 0.3,
  spoiltSnapshot: 0.2,
  duplicated: 0.02,
  linkDelayMs: 40,
  linkCut: 3,
  deviceFlaps: 2,
  reloads: 20,
  trunkDown: 1,
  lateFacts: 0.02,
  crossing: 0.3,
  namesDead: 0.5,
  poison: 0.001,
} as const;
