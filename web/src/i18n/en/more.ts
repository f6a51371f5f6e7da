import { board } from './board.ts';
import { callPage } from './call-page.ts';
import { history } from './history.ts';
import { timeline, why } from './timeline.ts';
import { whatIf } from './what-if.ts';

/** What the other screens say; loaded with them. */
export const more = { board, history, timeline, why, callPage, whatIf };
