import { runSwitch } from '../../roles/switch.ts';
import type { SwitchSettings } from '../embedded/switch-settings.ts';

// The child that `switch-process.ts` starts: settings come as JSON in the first argument, SIGTERM and SIGINT end it.
const role = await runSwitch(JSON.parse(process.argv[2] ?? '{}') as SwitchSettings);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void role.stop().then(() => process.exit(0)));
