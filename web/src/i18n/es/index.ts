import { board } from './board.ts';
import { callPage } from './call-page.ts';
import { common } from './common.ts';
import { errors } from './errors.ts';
import { history, timeline, why } from './history.ts';
import { shell } from './shell.ts';
import { signIn } from './sign-in.ts';
import { phone } from './softphone.ts';
import { workspace } from './workspace.ts';

/** Spanish is the first language: its keys are the type of every other one. Phrasing is impersonal, so that it serves America and Spain alike. */
export const es = { common, shell, signIn, workspace, phone, board, history, timeline, why, callPage, errors };
