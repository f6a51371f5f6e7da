import type { AgentAtWire, WireCall } from './agent-at-wire.ts';
import type { CallerAtWire } from './caller-at-wire.ts';
import { FaultyLine } from './fault-proxy.ts';
import { untilAllHear } from './tones.ts';

/** The caller dials, the agent answers, and each hears the other's tone. @returns the agent's side of it */
export async function talk([caller, callerHz]: readonly [CallerAtWire, number], [agent, agentHz]: readonly [AgentAtWire, number], agentsLine = new FaultyLine()): Promise<WireCall> {
  caller.voice.say(callerHz);
  await caller.dial();
  const call = await agent.rings({ up: agentsLine });
  call.voice.say(agentHz);
  call.answer();
  await untilAllHear(['the caller', caller.voice, agentHz], ['the agent', call.voice, callerHz]);
  return call;
}
