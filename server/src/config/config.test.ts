import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateFor } from './certificate.ts';
import { lockDataFolder } from './data-lock.ts';
import { foldersOf, prepareFolders } from './folders.ts';
import { requireFreePorts } from './free-ports.ts';
import { OperatorError } from './operator-error.ts';
import { optionsHelp, parseOptions, takeOptions } from './options.ts';
import { selfSignedCertificate } from './self-signed.ts';
import { controlSettings, pageAddress, switchSettings } from './settings.ts';

let scratch: string;
beforeAll(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'cfg-'));
});
afterAll(() => fs.rmSync(scratch, { recursive: true }));

const options = (...args: string[]) => parseOptions(args, {}).options;
const databases = { owner: 'o', app: 'a', floor: 'f' };

describe('options', () => {
  it('tell every process how much to log', () => {
    const folders = foldersOf(scratch);
    const levels = (...args: string[]) => [controlSettings(options(...args), folders, databases, undefined).logLevel, switchSettings(options(...args), folders, undefined).logLevel];
    expect(levels('--log-level', 'warn')).toEqual(['warn', 'warn']);
    expect(levels()).toEqual(['info', 'info']);
  });

  it('have defaults, give way to the environment, and that to the command line', () => {
    expect(options()['http-port']).toBe(8_080);
    expect(options()['metrics-port']).toBeUndefined();
    expect(options('--metrics-port', '9464')['metrics-port']).toBe(9_464);
    expect(parseOptions([], { CENTRALITA_HTTP_PORT: '81' }).options['http-port']).toBe(81);
    expect(parseOptions(['--http-port', '82'], { CENTRALITA_HTTP_PORT: '81' }).options['http-port']).toBe(82);
    expect(parseOptions([], { CENTRALITA_HTTP_PORT: '' }).options['http-port']).toBe(8_080);
    expect(options('--rtp-ports', '30000-30100')['rtp-ports']).toEqual({ from: 30_000, to: 30_100 });
  });

  it.each([
    [['--http-port', 'x'], '--http-port must be a whole number from 1 to 65535 (it is "x")'],
    [['--sip-port', '99999'], '--sip-port must be a whole number from 1 to 65535 (it is "99999")'],
    [['--media-workers', '1.5'], '--media-workers must be a whole number from 1 to 64 (it is "1.5")'],
    [['--nonsense', 'x'], "Unknown option '--nonsense'. See --help."],
    [['--open-to', '192.0.2.0/24,anybody'], 'must be like 192.0.2.0/24 (it is "192.0.2.0/24,anybody")'],
    [['--listen', 'here'], 'must be an IP address (it is "here")'],
    [['--rtp-ports', '1-2'], 'ten ports'],
    [['--tls-cert', 'a.pem'], 'go together'],
    [['--ice-servers', 'turn:turn.example.org'], 'it needs --turn-secret too'],
    [['--ice-servers', 'https://turn.example.org'], 'must be like stun:HOST:PORT'],
    [['--database-url', 'mysql://x'], 'must start with postgresql://'],
  ])('refuses %j in one line', (args, line) => {
    const parse = () => parseOptions(args, {});
    expect(parse).toThrow(OperatorError);
    expect(parse).toThrow(line);
  });

  it('of one command are taken out before the rest is read', () => {
    expect(takeOptions(['--from', 'a', '--data', 'd', '--to=b=c', 'x'], ['from', 'to'])).toEqual({ own: { from: 'a', to: 'b=c' }, rest: ['--data', 'd', 'x'] });
    expect(() => takeOptions(['--from'], ['from'])).toThrow('--from needs a value');
    expect(() => takeOptions(['--from='], ['from'])).toThrow(OperatorError);
  });

  it('are all in the help', () => {
    expect(optionsHelp()).toContain('--data FOLDER');
    expect(optionsHelp().split('\n').every((line) => /^ {2}--\S+ \S+ +\S.*\[[A-Z_]+\]$/.test(line))).toBe(true);
  });
});

describe('what the roles are told', () => {
  it('keeps everything on loopback, in clear, until an address is named', () => {
    const folders = foldersOf('/srv/data');
    const control = controlSettings(options(), folders, databases, undefined);
    expect(control).toMatchObject({ http: { address: '127.0.0.1', port: 8_080 }, secure: false, databases: { app: 'a', floor: 'f' } });
    expect(control.databases).not.toHaveProperty('owner');
    expect(pageAddress(control)).toBe('http://localhost:8080');
    expect(switchSettings(options(), folders, undefined)).toMatchObject({ sip: { udp: { address: '127.0.0.1', port: 5_060 } }, rtp: { address: '127.0.0.1' } });
  });

  it('is HTTPS with a certificate of our own when an address is named and none is given', () => {
    const folders = foldersOf(path.join(scratch, 'tls'));
    prepareFolders(folders);
    const listening = options('--listen', '0.0.0.0', '--public-address', '192.0.2.7');
    const certificate = certificateFor(listening, folders)!;
    expect(certificate.ownMade).toBe(true);
    expect(certificateFor(listening, folders)!.fingerprint).toBe(certificate.fingerprint);
    const control = controlSettings(listening, folders, databases, certificate);
    expect(control.secure && control.browserSip.secure).toBe(true);
    expect(pageAddress(control)).toBe('https://192.0.2.7:8080');
    expect(certificateFor(options(), folders)).toBeUndefined();
    expect(certificateFor(options('--listen', '0.0.0.0', '--trusted-proxy', '10.0.0.1'), folders)).toBeUndefined();
  });
});

describe('a certificate of our own', () => {
  it('names hosts and addresses, and TLS takes it', async () => {
    const { certificatePem, keyPem } = selfSignedCertificate(['center.example', 'localhost', '192.0.2.7', '2001:db8::7'], new Date('2026-11-22T00:00:00Z'), 10);
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.checkHost('center.example')).toBe('center.example');
    expect(certificate.checkIP('192.0.2.7')).toBe('192.0.2.7');
    expect(certificate.subjectAltName).toContain('IP Address:2001:DB8:0:0:0:0:0:7');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.validTo).toBe('Dec  2 00:00:00 2026 GMT');
    createServer({ cert: certificatePem, key: keyPem }).close();
  });
});

describe('the data folder', () => {
  it('is one Centralita’s at a time, and says whose', () => {
    const folders = foldersOf(path.join(scratch, 'locked'));
    prepareFolders(folders);
    const lock = lockDataFolder(folders.data);
    expect(() => lockDataFolder(folders.data)).toThrow(`is in use by another Centralita (process ${process.pid})`);
    lock.release();
    lockDataFolder(folders.data).release();
  });

  it('is private, and keeps sockets elsewhere when its path is long', () => {
    const folders = foldersOf(path.join(scratch, 'x'.repeat(120)));
    prepareFolders(folders);
    expect(fs.statSync(folders.data).mode & 0o777).toBe(0o700);
    expect(folders.run.startsWith(os.tmpdir())).toBe(true);
    expect(fs.statSync(folders.run).mode & 0o777).toBe(0o700);
    fs.rmSync(folders.run, { recursive: true });
    expect(foldersOf('/srv/data')).toMatchObject({ run: '/srv/data/run', postgresRun: '/srv/data/pg-run' });
  });

  it('that cannot be made is one line', () => {
    fs.writeFileSync(path.join(scratch, 'file'), '');
    expect(() => prepareFolders(foldersOf(path.join(scratch, 'file/data')))).toThrow(OperatorError);
  });
});

describe('ports', () => {
  it('taken, are named with the option that chooses another', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const wanted = { protocol: 'tcp', address: '127.0.0.1', port, option: 'http-port' } as const;
    await expect(requireFreePorts([wanted])).rejects.toThrow(`TCP port ${port} of 127.0.0.1 is taken by another program. Choose another with --http-port.`);
    await new Promise((resolve) => server.close(resolve));
    await requireFreePorts([wanted, { ...wanted, protocol: 'udp' }]);
  });
});
