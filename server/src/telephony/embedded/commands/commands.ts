import { assertNever, type AccountId, type LegId } from '@centralita/kernel';
import type { Load } from '../admission/load.ts';
import type { Bridges } from '../bridges/bridges.ts';
import type { Holding } from '../bridges/holding.ts';
import type { Incoming } from '../calls/incoming.ts';
import type { Placements } from '../calls/placements.ts';
import type { Plays } from '../calls/plays.ts';
import type { Recordings } from '../calls/recordings.ts';
import type { RouteFinder } from '../calls/routes.ts';
import type { Devices } from '../devices/devices.ts';
import { isUp } from '../legs/leg-state.ts';
import type { Leg } from '../legs/leg.ts';
import type { Emit, Legs } from '../legs/legs.ts';
import type { CommandLedger } from '../link/command-ledger.ts';
import type { Logger } from '../logger.ts';
import type { MediaPlane } from '../media/media-plane.ts';
import type { Command, CommandAnswer } from '../../port/index.ts';
import type { Directory } from '../trunks/directory.ts';
import type { Trunks } from '../trunks/trunks.ts';
import { legsOf, recordingOf } from './subjects.ts';

export interface CommandParts {
  readonly ledger: CommandLedger;
  readonly legs: Legs;
  readonly bridges: Bridges;
  readonly holding: Holding;
  readonly placements: Placements;
  readonly plays: Plays;
  readonly recordings: Recordings;
  readonly incoming: Incoming;
  readonly finder: RouteFinder;
  readonly devices: Devices;
  readonly trunks: Trunks;
  readonly directory: Directory;
  readonly media: MediaPlane;
  readonly load: Load;
  readonly emit: Emit;
  readonly logger: Logger;
}

type Failure = 'unknown-leg' | 'leg-ended' | 'wrong-state' | 'unknown-bridge' | 'not-in-bridge' | 'unknown-recording' | 'unknown-target' | 'refused' | 'internal';
/** undefined: done. Otherwise why not, as `command-failed` says it, and about which leg. */
type Outcome = undefined | { readonly reason: Failure; readonly legId?: LegId; readonly account?: AccountId };

/** Carries out what control asks. Each command is accepted first; one that cannot be done any more becomes `command-failed`. */
export class Commands {
  readonly #parts: CommandParts;

  constructor(parts: CommandParts) {
    this.#parts = parts;
    parts.legs.onEnding((leg) => parts.ledger.subjectEnded(leg.id));
  }

  take(id: string, command: Command): CommandAnswer {
    const { ledger, load, logger, emit } = this.#parts;
    if (ledger.has(id)) return { accepted: true };
    // Legs to our own devices serve callers who are already here; only calls to the outside make new load.
    if (command.type === 'place-legs' && command.legs.some((leg) => leg.target.kind === 'number') && !load.admitting()) return { accepted: false, reason: 'overloaded' };
    ledger.remember(id, this.#liveSubjects(command));
    try {
      const outcome = this.#carryOut(id, command);
      if (outcome !== undefined) this.#fail(id, outcome, accountOf(command));
    } catch (error) {
      // A bug, contained: one command fails loudly and the other calls go on.
      logger.error({ command: command.type, error: String(error) }, 'a command threw');
      emit('', { type: 'alarm', name: 'switch-fault', detail: `command ${command.type}` });
      this.#fail(id, { reason: 'internal' }, accountOf(command));
    }
    return { accepted: true };
  }

  #carryOut(id: string, command: Command): Outcome {
    const { placements, plays, bridges, devices, trunks, directory, incoming } = this.#parts;
    switch (command.type) {
      case 'place-legs':
        if (command.earlyMediaTo !== undefined) incoming.told(command.earlyMediaTo);
        placements.place(command);
        return undefined;
      case 'connect':
        return this.#connect(command);
      case 'disconnect':
        if (!bridges.exists(command.bridgeId)) return { reason: 'unknown-bridge' };
        bridges.disconnect(command.bridgeId, command.legIds.map((legId) => this.#parts.legs.get(legId)).filter((leg) => leg !== undefined));
        return undefined;
      case 'stop-play':
        plays.stop(command.playId);
        return undefined;
      case 'start-recording':
      case 'pause-recording':
      case 'resume-recording':
      case 'stop-recording':
        return this.#recording(command);
      case 'replace-leg':
        return this.#replace(command.oldLegId, command.newLegId);
      case 'provision-devices':
        devices.provision(command.account, command.devices);
        return undefined;
      case 'remove-device':
        devices.remove(command.deviceId);
        return undefined;
      case 'provision-trunks':
        trunks.provision(command.account, command.trunks);
        return undefined;
      case 'provision-numbers':
        directory.provision(command.account, command.numbers);
        return undefined;
      default: {
        const found = this.#leg(command.legId);
        // Ending what has ended is done already: both sides hanging up at once is ordinary.
        if (found.leg === undefined) return command.type === 'end-leg' && found.failure.reason === 'leg-ended' ? undefined : found.failure;
        incoming.told(command.legId);
        return this.#onLeg(id, command, found.leg);
      }
    }
  }

  #onLeg(id: string, command: Extract<Command, { legId: LegId }>, leg: Leg): Outcome {
    const { legs, plays, holding, media } = this.#parts;
    const wrongState: Outcome = { reason: 'wrong-state', legId: leg.id, account: leg.account };
    switch (command.type) {
      case 'ring-leg':
        if (leg.state.name !== 'offered') return wrongState;
        leg.call.ring();
        return undefined;
      case 'answer-leg':
        if (leg.state.name !== 'offered' || !leg.call.answer()) return isUp(leg.state) ? undefined : wrongState;
        legs.step(leg, { type: 'answered' });
        return undefined;
      case 'end-leg':
        legs.end(leg, command.cause);
        return undefined;
      case 'play':
        if (leg.direction === 'outgoing' && !isUp(leg.state)) return wrongState;
        if (leg.state.name === 'offered') leg.call.earlyMedia();
        plays.start(command, leg);
        return undefined;
      case 'redirect-leg':
        return this.#redirect(id, leg, command.target);
      case 'hold-leg':
      case 'resume-leg':
      case 'mute-leg':
      case 'send-digits':
      case 'monitor':
        if (!isUp(leg.state)) return wrongState;
        break;
      default:
        return assertNever(command);
    }
    switch (command.type) {
      case 'hold-leg':
        if (holding.hold(leg, command.music)) this.#parts.emit(leg.account, { type: 'leg-held', legId: leg.id, by: 'center' });
        return undefined;
      case 'resume-leg':
        if (holding.resume(leg)) this.#parts.emit(leg.account, { type: 'leg-resumed', legId: leg.id, by: 'center' });
        return undefined;
      case 'mute-leg':
        media.mute(leg.id, command.muted);
        return undefined;
      case 'send-digits':
        media.sendDigits(leg.id, command.digits);
        return undefined;
      case 'monitor':
        return this.#monitor(command, leg);
    }
  }

  #connect(command: Extract<Command, { type: 'connect' }>): Outcome {
    const { bridges, plays, incoming } = this.#parts;
    const ready: Leg[] = [];
    let failure: Outcome;
    for (const legId of command.legIds) {
      const found = this.#leg(legId);
      if (found.leg === undefined) failure = found.failure;
      else if (!isUp(found.leg.state)) failure = { reason: 'wrong-state', legId, account: found.leg.account };
      else ready.push(found.leg);
    }
    // Nobody is put into silence: with a leg that is gone, the others stay where they are and control hears of it.
    if (failure !== undefined) return failure;
    for (const leg of ready) {
      incoming.told(leg.id);
      plays.stopForBridge(leg);
    }
    bridges.join(command.bridgeId, command.account, ready, command.endWhenAlone);
    return undefined;
  }

  #monitor(command: Extract<Command, { type: 'monitor' }>, leg: Leg): Outcome {
    const { bridges, plays } = this.#parts;
    if (!bridges.exists(command.bridgeId)) return { reason: 'unknown-bridge', legId: leg.id, account: leg.account };
    if (bridges.of(command.agentLegId) !== command.bridgeId) return { reason: 'not-in-bridge', legId: command.agentLegId, account: leg.account };
    plays.stopForBridge(leg);
    bridges.monitor(command.bridgeId, leg, command.mode, command.agentLegId);
    return undefined;
  }

  #recording(command: Extract<Command, { recordingId: string }>): Outcome {
    const { recordings, bridges, emit } = this.#parts;
    if (command.type === 'start-recording') {
      if (bridges.exists(command.bridgeId)) {
        recordings.start(command);
        return undefined;
      }
      // Whoever waits for a recording's end waits for it by its id.
      emit(command.account, { type: 'recording-failed', recordingId: command.recordingId, reason: 'unknown-bridge' });
      return { reason: 'unknown-bridge', account: command.account };
    }
    const account = recordings.account(command.recordingId);
    if (account === undefined) return { reason: 'unknown-recording' };
    if (!recordings.isRunning(command.recordingId)) return command.type === 'stop-recording' ? undefined : { reason: 'wrong-state', account };
    if (command.type === 'pause-recording') recordings.pause(command.recordingId);
    else if (command.type === 'resume-recording') recordings.resume(command.recordingId);
    else recordings.stop(command.recordingId);
    return undefined;
  }

  /** The fresh leg of a device that came back: answered where it waits for that, put in the old one's place, which then ends. */
  #replace(oldLegId: LegId, newLegId: LegId): Outcome {
    const { legs, bridges, incoming, plays } = this.#parts;
    const fresh = this.#leg(newLegId);
    if (fresh.leg === undefined) return fresh.failure;
    const old = this.#leg(oldLegId);
    if (old.leg === undefined) return old.failure;
    incoming.told(newLegId);
    if (fresh.leg.state.name === 'offered' && fresh.leg.call.answer()) legs.step(fresh.leg, { type: 'answered' });
    if (!isUp(fresh.leg.state)) return { reason: 'wrong-state', legId: newLegId, account: fresh.leg.account };
    plays.stopForBridge(fresh.leg);
    bridges.replace(old.leg, fresh.leg);
    legs.end(old.leg, 'replaced');
    return undefined;
  }

  #redirect(id: string, leg: Leg, target: Extract<Command, { type: 'redirect-leg' }>['target']): Outcome {
    const uri = this.#parts.finder.uriOf(leg.account, target);
    if (uri === undefined) return { reason: 'unknown-target', legId: leg.id, account: leg.account };
    if (leg.direction === 'outgoing' && !isUp(leg.state)) return { reason: 'wrong-state', legId: leg.id, account: leg.account };
    const unanswered = !isUp(leg.state);
    void leg.call.redirect(uri).then((status) => {
      // After 302 the caller is on its way elsewhere; after a REFER it says BYE itself when it has arrived.
      if (unanswered) this.#parts.legs.step(leg, { type: 'ended', by: 'center', cause: 'hung-up', sipStatus: status });
      else if (status >= 300) this.#fail(id, { reason: 'refused', legId: leg.id, account: leg.account }, leg.account);
    });
    return undefined;
  }

  #leg(legId: LegId): { readonly leg: Leg } | { readonly leg?: undefined; readonly failure: NonNullable<Outcome> } {
    const leg = this.#parts.legs.get(legId);
    if (leg !== undefined) return { leg };
    const account = this.#parts.legs.endedAccount(legId);
    return { failure: { reason: account === undefined ? 'unknown-leg' : 'leg-ended', legId, account } };
  }

  #fail(commandId: string, outcome: NonNullable<Outcome>, account: AccountId): void {
    this.#parts.emit(outcome.account ?? account, { type: 'command-failed', commandId, legId: outcome.legId, reason: outcome.reason });
  }

  #liveSubjects(command: Command): readonly string[] {
    const { legs, recordings } = this.#parts;
    const live: string[] = legsOf(command).filter((legId) => command.type === 'place-legs' || legs.get(legId) !== undefined);
    const recordingId = recordingOf(command);
    if (recordingId !== undefined && (command.type === 'start-recording' || recordings.isRunning(recordingId))) live.push(recordingId);
    return live;
  }
}

/** Whose mailbox hears of a failure when no leg says it; empty when nobody's. */
const accountOf = (command: Command): AccountId => ('account' in command ? command.account : '');
