import { common } from './common.ts';
import { errors } from './errors.ts';
import { shell } from './shell.ts';
import { signIn } from './sign-in.ts';
import { phone } from './softphone.ts';
import { workspace } from './workspace.ts';

/** What the first screens say: signing in and the workspace. */
export const first = { common, shell, signIn, workspace, phone, errors };
