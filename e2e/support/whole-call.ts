import type { AgentAtWire } from './agent-at-wire.ts';
import { CallerAtWire } from './caller-at-wire.ts';
import type { Product } from './product.ts';
import { untilAllHear } from './tones.ts';

const CUSTOMER_HZ = 1_000;
const AGENT_HZ = 1_900;

/** A customer calls, both hear each other, the customer hangs up. @returns ms from the INVITE to the agent's ring */
export async function wholeCall(product: Product, agent: AgentAtWire, number: string): Promise<number> {
  const customer = await CallerAtWire.start(product, number);
  try {
    customer.voice.say(CUSTOMER_HZ);
    const dialledAt = performance.now();
    await customer.dial();
    const call = await agent.rings();
    const tookMs = performance.now() - dialledAt;
    call.voice.say(AGENT_HZ);
    call.answer();
    await untilAllHear(['the customer', customer.voice, AGENT_HZ], ['the agent', call.voice, CUSTOMER_HZ]);
    await customer.sayGoodbye();
    await call.sip.ended();
    return tookMs;
  } finally {
    await customer.stop();
  }
}
