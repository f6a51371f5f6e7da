import path from 'node:path';
import type { DatabaseUrls } from '../storage/roles.ts';
import type { Listen, SwitchSettings } from '../telephony/embedded/switch-settings.ts';
import { type Folders, SOUNDS_FOLDER, WEB_FOLDER } from './folders.ts';
import type { Options } from './options.ts';

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** How one control process runs. */
export interface ControlSettings {
  /** Without the owner's: migrations are the parent's work. */
  readonly databases: Pick<DatabaseUrls, 'app' | 'floor'>;
  readonly dataDir: string;
  /** Unix socket of the switch. */
  readonly switchSocket: string;
  /** One listener. Clear HTTP on loopback or behind a trusted proxy, HTTPS anywhere else (design 11). */
  readonly http: Listen;
  /** Set: this process answers TLS itself. Reload it when the files change. */
  readonly certificate: CertificateFiles | undefined;
  /** Pages are reached over HTTPS: through our own TLS, or through the trusted proxy's. */
  readonly secure: boolean;
  readonly trustedProxies: readonly string[];
  readonly publicAddress: string | undefined;
  /** Where browsers reach the switch's SIP; `secure` as on `http`. */
  readonly browserSip: Listen & { readonly secure: boolean };
  /** Where SIP phones reach the switch, to be told to people. */
  readonly sip: Listen;
  readonly iceServers: readonly string[];
  /** Shared with the TURN servers among them. */
  readonly turnSecret: string | undefined;
  /** Private ranges that webhooks may reach. */
  readonly webhooksTo: readonly string[];
  readonly recordings: { readonly incoming: string; readonly kept: string };
  readonly spoolDir: string;
  readonly secretsDir: string;
  readonly soundsDir: string;
  /** The built web application. */
  readonly webDist: string;
  readonly logLevel: Options['log-level'];
  /** On loopback; undefined: metrics are not served. */
  readonly metricsPort: number | undefined;
}

/** What a started role answers to its parent. Roles are `runSwitch(settings)` and `runControl(settings)`. */
export interface RunningRole {
  /** Told to the parent, for its log: ports chosen, ids. */
  readonly ready: unknown;
  /** An orderly end; the process exits when it resolves. */
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

export const switchSocketOf = (folders: Folders): string => path.join(folders.run, 'switch.sock');

/** A browser only gives the microphone to pages from localhost or over HTTPS, so anything but loopback is served over TLS. */
export function needsCertificate(options: Options): boolean {
  return options['tls-cert'] !== undefined || (!isLoopback(listenAddress(options)) && options['trusted-proxy'].length === 0);
}

export function controlSettings(options: Options, folders: Folders, databases: DatabaseUrls, certificate: CertificateFiles | undefined): ControlSettings {
  const address = listenAddress(options);
  return {
    databases: { app: databases.app, floor: databases.floor },
    dataDir: folders.data,
    switchSocket: switchSocketOf(folders),
    http: { address, port: options['http-port'] },
    certificate,
    secure: certificate !== undefined || options['trusted-proxy'].length > 0,
    trustedProxies: options['trusted-proxy'],
    publicAddress: options['public-address'],
    browserSip: { address, port: options['ws-sip-port'], secure: certificate !== undefined },
    sip: { address, port: options['sip-port'] },
    iceServers: options['ice-servers'],
    turnSecret: options['turn-secret'],
    webhooksTo: options['webhooks-to'],
    recordings: { incoming: folders.recordingsIncoming, kept: folders.recordingsKept },
    spoolDir: folders.spool,
    secretsDir: folders.secrets,
    soundsDir: SOUNDS_FOLDER,
    webDist: WEB_FOLDER,
    logLevel: options['log-level'],
    metricsPort: options['metrics-port'],
  };
}

export function switchSettings(options: Options, folders: Folders, certificate: CertificateFiles | undefined): SwitchSettings {
  const address = listenAddress(options);
  return {
    dataDir: folders.switch,
    socketPath: switchSocketOf(folders),
    sip: {
      udp: { address, port: options['sip-port'] },
      tcp: { address, port: options['sip-port'] },
      ...(certificate ? { tls: { address, port: options['sip-tls-port'] } } : {}),
    },
    browserSip: { address, port: options['ws-sip-port'], secure: certificate !== undefined },
    ...(certificate ? { tlsCertificate: certificate } : {}),
    publicAddress: options['public-address'],
    localNetworks: options['local-networks'],
    openTo: options['open-to'],
    rtp: { address, portFrom: options['rtp-ports'].from, portTo: options['rtp-ports'].to },
    // Every address of the machine: ICE and DTLS guard it (design 11). Who relays is the browser: we can be reached.
    browserMedia: { portFrom: options['media-port'], iceServers: options['ice-servers'].filter((url) => url.startsWith('stun:')) },
    mediaWorkers: options['media-workers'],
    maxTickLateMs: options['media-late-ms'],
    recordingsDir: folders.recordingsIncoming,
    soundsDir: SOUNDS_FOLDER,
    // The only music that is shipped; without it whoever is left alone or put on hold by a phone hears silence.
    holdMusic: 'cord',
    logLevel: options['log-level'],
  };
}

/** The address to type: of a page where the microphone works. */
export function pageAddress({ http, certificate, publicAddress }: ControlSettings): string {
  const everywhere = http.address === '0.0.0.0' || http.address === '::';
  const host = isLoopback(http.address) ? 'localhost' : (publicAddress ?? (everywhere ? 'localhost' : http.address));
  return `${certificate ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${http.port}`;
}

const listenAddress = (options: Options): string => options.listen ?? LOOPBACK;

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
