import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { agentName, type Center, contactOf, type Desk } from './center.ts';
import { cpuOf } from './cpu.ts';
import { freePorts } from './ports.ts';

/** Asterisk with one `Queue()` per desk: longest idle first, everybody at once, nobody twice, no records but its queue log. */
export class AsteriskCenter implements Center {
  readonly name = 'Asterisk';
  readonly sipPort: number;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(of: { sipPort: number; folder: string; process: ChildProcess }) {
    this.sipPort = of.sipPort;
    this.#folder = of.folder;
    this.#process = of.process;
  }

  /** @param programs the folder with `bin/asterisk-run`, `bin/asterisk-newconf` and `bin/asterisk-cli` */
  static async start(programs: string, desks: readonly Desk[]): Promise<AsteriskCenter> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-asterisk-'));
    const conf = join(folder, 'conf');
    const run = join(folder, 'run');
    mkdirSync(conf);
    mkdirSync(run);
    const sipPort = await freePorts();
    const rtp = await freePorts(1_199);
    for (const [name, text] of Object.entries(configuration(desks, sipPort, rtp))) writeFileSync(join(conf, name), text);
    execFileSync(join(programs, 'bin/asterisk-newconf'), [conf, String(sipPort), String(await freePorts())]);
    const child = spawn(join(programs, 'bin/asterisk-run'), [conf, run], { stdio: 'ignore' });
    const asterisk = new AsteriskCenter({ sipPort, folder, process: child });
    const cli = (command: string): string => execFileSync(join(programs, 'bin/asterisk-cli'), [run, command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    for (let attempt = 0; ; attempt++) {
      await delay(500);
      try {
        cli('core waitfullybooted');
        return asterisk;
      } catch (error) {
        if (attempt < 60) continue;
        await asterisk.stop();
        throw error;
      }
    }
  }

  cpu(): Readonly<Record<string, number>> {
    return { asterisk: cpuOf(this.#process.pid!) };
  }

  mediaCpu(): undefined {
    return undefined;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      const insist = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(insist);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function configuration(desks: readonly Desk[], sipPort: number, rtp: number): Readonly<Record<string, string>> {
  const members = desks.flatMap((desk) => Array.from({ length: desk.agents }, (_, index) => ({ name: agentName(desk, index), contact: contactOf(desk, index) })));
  return {
    'pjsip.conf': [
      `[transport-udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:${sipPort}\n`,
      `[customers]\ntype=endpoint\ncontext=default\ndisallow=all\nallow=alaw\ndirect_media=no\n`,
      `[customers]\ntype=identify\nendpoint=customers\nmatch=127.0.0.1\n`,
      ...members.map(({ name, contact }) => `[${name}]\ntype=aor\ncontact=${contact}\nqualify_frequency=0\n[${name}]\ntype=endpoint\naors=${name}\ncontext=default\ndisallow=all\nallow=alaw\ndirect_media=no\n`),
    ].join('\n'),
    'extensions.conf': `[default]\n${desks.map(({ number }) => `exten => ${number},1,Queue(q${number})\nsame => n,Hangup()\n`).join('')}`,
    'queues.conf': [
      '[general]\nautofill=yes\n',
      ...desks.map((desk) =>
        [
          `[q${desk.number}]\nstrategy=leastrecent\nautofill=yes\nringinuse=no\ntimeout=20\nretry=1\nwrapuptime=0\njoinempty=yes\nleavewhenempty=no\nannounce-frequency=0`,
          ...Array.from({ length: desk.agents }, (_, index) => `member => PJSIP/${agentName(desk, index)}`),
        ].join('\n'),
      ),
    ].join('\n'),
    'cdr.conf': '[general]\nenable=no\n',
    'cel.conf': '[general]\nenable=no\n',
    'rtp.conf': `[general]\nrtpstart=${rtp}\nrtpend=${rtp + 1_199}\n`,
  };
}
