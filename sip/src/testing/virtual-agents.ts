import type { IncomingInvite, InviteOptions, SipStats, UserAgentOptions } from '../user-agent/api.ts';
import { UserAgentCore } from '../user-agent/user-agent.ts';
import { MemoryWire, ScriptedPeer } from './memory-wire.ts';
import { SDP_OFFER } from './sdp-samples.ts';
import { TestCall } from './test-call.ts';
import { virtualTimers, type VirtualTimers } from './virtual-timers.ts';

export const US = { address: '10.0.0.1', port: 5060 };
export const PEER = { address: '10.0.0.2', port: 5060 };

/** A user agent in virtual time with the calls that came to it. */
export interface VirtualAgent {
  readonly agent: UserAgentCore;
  readonly calls: TestCall[];
  readonly faults: unknown[];
  /** What to do with a call in the tick in which it comes. */
  onInvite: ((invite: IncomingInvite) => void) | undefined;
  call(options?: Partial<InviteOptions> & { readonly offerless?: boolean }): TestCall;
}

export interface VirtualWorld {
  readonly timers: VirtualTimers;
  readonly wire: MemoryWire;
  agent(at?: { readonly address: string; readonly port: number }, options?: Partial<UserAgentOptions>): Promise<VirtualAgent>;
  peer(at?: { readonly address: string; readonly port: number }): ScriptedPeer;
}

export function virtualWorld(): VirtualWorld {
  const timers = virtualTimers();
  const wire = new MemoryWire(timers);
  return {
    timers,
    wire,
    peer: (at = PEER) => new ScriptedPeer(wire, timers, at),
    async agent(at = US, options = {}) {
      const calls: TestCall[] = [];
      const faults: unknown[] = [];
      const made: VirtualAgent = {
        calls,
        faults,
        onInvite: undefined,
        agent: new UserAgentCore({
          timers,
          openUdp: wire.openUdp,
          sessionTimer: false,
          onFault: (where, error) => faults.push([where, error]),
          ...options,
          onInvite: (invite) => {
            calls.push(new TestCall({ incoming: invite }));
            made.onInvite?.(invite);
          },
        }),
        call({ offerless, ...rest } = {}) {
          const outgoing = made.agent.invite({ uri: `sip:carla@${PEER.address}:${PEER.port}`, from: { uri: 'sip:ana@center.test' }, contactUser: 'ana', sdp: offerless ? undefined : SDP_OFFER, ...rest });
          return new TestCall({ outgoing });
        },
      };
      await made.agent.listen({ protocol: 'udp', ...at });
      return made;
    },
  };
}

/** What must be left of a user agent 64*T1 + 5 s after its last call: nothing. */
export const remains = (stats: SipStats) => ({ ...stats.transactions, dialogs: stats.dialogs, timers: stats.timers });
export const NOTHING = { inviteServer: 0, inviteClient: 0, server: 0, client: 0, dialogs: 0, timers: 0 };
