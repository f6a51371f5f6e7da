import { runSwitch } from '../../roles/switch.ts';
import type { SwitchSettings } from '../embedded/switch-settings.ts';

// The child that `switch-process.ts` starts: settings come as JSON in the first argument.
await runSwitch(JSON.parse(process.argv[2] ?? '{}') as SwitchSettings);
