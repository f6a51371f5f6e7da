/** How one switch process runs. Every address is loopback until the operator names another (design 11). */
export interface SwitchSettings {
  /** Registrations and the event counter live here. */
  readonly dataDir: string;
  /** Unix socket for control; its folder is made private (0700). */
  readonly socketPath: string;
  readonly sip: {
    readonly udp?: Listen;
    readonly tcp?: Listen;
    /** Needs `tlsCertificate`. */
    readonly tls?: Listen;
  };
  /** The browsers' SIP: WebSocket on path `/sip`, secure when `secure` is set (needs `tlsCertificate`). */
  readonly browserSip?: Listen & { readonly secure?: boolean };
  /** Origins whose pages may connect; left out: any (the digest guards the calls, not the connection). */
  readonly browserOrigins?: readonly string[];
  readonly tlsCertificate?: { readonly certFile: string; readonly keyFile: string };
  /** What peers outside `localNetworks` are told in Contact, SDP and ICE candidates. */
  readonly publicAddress?: string;
  /** CIDR. */
  readonly localNetworks?: readonly string[];
  /** CIDR: who calls open numbers without a trunk or a password, besides this machine. */
  readonly openTo?: readonly string[];
  readonly rtp: { readonly address: string; readonly portFrom: number; readonly portTo: number };
  readonly browserMedia: { readonly address?: string; readonly portFrom: number; readonly iceServers?: readonly string[] };
  readonly mediaWorkers: number;
  readonly maxLegsPerWorker?: number;
  /** New calls are refused while media ticks are later than this (99th percentile). 10 ms by default: above it people hear it. */
  readonly maxTickLateMs?: number;
  readonly recordingsDir: string;
  readonly soundsDir: string;
  /** What a held leg hears: the name of a piece of music among the sounds. `default` when left out. */
  readonly holdMusic?: string;
  readonly limits?: Partial<SwitchLimits>;
  /** The least that is logged; `info` when left out. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
}

export interface Listen {
  readonly address: string;
  /** 0: the system chooses; the chosen one is printed when ready. */
  readonly port: number;
}

/** Times in which the switch acts on its own, and bounds of what it keeps. */
export interface SwitchLimits {
  /** An incoming leg nobody told anything gets 503, so that the carrier fails over. */
  readonly untoldMs: number;
  /** Control away for longer: incoming calls go to the number's fallback devices, or get 503. */
  readonly controlAwayMs: number;
  /** How long fallback devices ring. */
  readonly fallbackRingMs: number;
  /** A browser leg without media for so long ends; longer than the 30 s an agent has to come back. */
  readonly stalledMs: number;
  /** Least seconds between retries told to refused callers. */
  readonly retryAfterSeconds: number;
  readonly maxLegs: number;
}

export const DEFAULT_LIMITS: SwitchLimits = {
  untoldMs: 10_000,
  controlAwayMs: 5_000,
  fallbackRingMs: 60_000,
  stalledMs: 45_000,
  retryAfterSeconds: 5,
  maxLegs: 2_000,
};

/** Where a running switch is reached; printed as `{"ready": …}`. */
export interface SwitchPorts {
  readonly switchId: string;
  readonly socketPath: string;
  readonly udp?: number;
  readonly tcp?: number;
  readonly tls?: number;
  readonly ws?: number;
}
