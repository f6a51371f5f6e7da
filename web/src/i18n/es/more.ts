import { board } from './board.ts';
import { callPage } from './call-page.ts';
import { history } from './history.ts';

/** What the other screens say; loaded with them. */
export const more = { board, history, callPage };
