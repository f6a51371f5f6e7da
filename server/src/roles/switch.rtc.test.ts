import { expect, it } from 'vitest';
import { silentLogger } from '../telephony/embedded/logger.ts';
import type { SwitchSettings } from '../telephony/embedded/switch-settings.ts';
import { connectToSwitch } from '../telephony/embedded/switch-client.ts';
import { startSwitchProcess } from '../telephony/testing/switch-process.ts';

/** What the switch has logged by the end of a life in which control came by once. */
async function loggedAt(logLevel: SwitchSettings['logLevel']): Promise<string> {
  const process = await startSwitchProcess(logLevel === undefined ? {} : { logLevel });
  const client = connectToSwitch({ socketPath: process.ports.socketPath, epoch: 1, committedSeq: 0, logger: silentLogger });
  await new Promise<void>((resolve) => client.onConnection((connected) => connected && resolve()));
  await client.close();
  await process.stop();
  process.remove();
  return process.log();
}

it('[Build 2] the switch logs as much as it is told to', async () => {
  const messages = async (level: SwitchSettings['logLevel']) => Array.from((await loggedAt(level)).matchAll(/"msg":"([^"]*)"/g), (match) => match[1]);
  expect(await messages(undefined)).toEqual(['control is here', 'control is away']);
  expect(await messages('warn')).toEqual(['control is away']);
  expect(await messages('error')).toEqual([]);
});
