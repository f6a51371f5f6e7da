import { it } from 'node:test';
import { survivesKillsOfControl } from '../support/kills-of-control.ts';

const KILLS = 500;

it(`[fault row 1] control is killed ${KILLS} times at any moment: nothing is lost, nothing doubled, nobody overtaken, and a live call does not notice`, () =>
  survivesKillsOfControl(KILLS, Math.floor(Math.random() * 1_000_000)));
