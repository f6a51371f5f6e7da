import type { Texts } from '../texts.ts';
import { board } from './board.ts';
import { callPage } from './call-page.ts';
import { common } from './common.ts';
import { errors } from './errors.ts';
import { history, timeline, why } from './history.ts';
import { shell } from './shell.ts';
import { signIn } from './sign-in.ts';
import { phone } from './softphone.ts';
import { workspace } from './workspace.ts';

export const en: Texts = { common, shell, signIn, workspace, phone, board, history, timeline, why, callPage, errors };
