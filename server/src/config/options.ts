import { isIP } from 'node:net';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { OperatorError } from './operator-error.ts';

const within = (from: number, to: number) => z.string().transform(Number).refine((value) => Number.isInteger(value) && value >= from && value <= to, `must be a whole number from ${from} to ${to}`);
const port = within(1, 65_535);
const list = z.string().transform((text) => text.split(',').map((item) => item.trim()).filter((item) => item !== ''));
const addressRange = z.union([z.cidrv4(), z.cidrv6()]);
const addressRanges = list.refine((ranges) => ranges.every((range) => addressRange.safeParse(range).success), 'must be like 192.0.2.0/24');
const address = z.string().refine((text) => isIP(text) !== 0, 'must be an IP address');
const portRange = z
  .string()
  .regex(/^\d+-\d+$/, 'must be like 20000-20999')
  .transform((text) => {
    const [from, to] = text.split('-').map(Number) as [number, number];
    return { from, to };
  })
  .refine(({ from, to }) => from >= 1_024 && to <= 65_535 && to - from >= 9, 'must be ten ports or more between 1024 and 65535');

/** Leaves room for signalling, control and PostgreSQL beside them. */
const defaultMediaWorkers = Math.min(8, Math.max(1, os.availableParallelism() - 1));

/**
 * Every option once: its name on the command line, its name in the environment, what it takes, its default and its help.
 * The command line wins over the environment.
 */
const OPTIONS = {
  data: { env: 'CENTRALITA_DATA', schema: z.string().min(1).default('./data'), takes: 'FOLDER', help: 'where everything is kept (default ./data)' },
  'http-port': { env: 'CENTRALITA_HTTP_PORT', schema: port.default(8_080), takes: 'PORT', help: 'pages and API (default 8080)' },
  'sip-port': { env: 'CENTRALITA_SIP_PORT', schema: port.default(5_060), takes: 'PORT', help: 'SIP over UDP and TCP (default 5060)' },
  'sip-tls-port': { env: 'CENTRALITA_SIP_TLS_PORT', schema: port.default(5_061), takes: 'PORT', help: 'SIP over TLS, with a certificate (default 5061)' },
  'ws-sip-port': { env: 'CENTRALITA_WS_SIP_PORT', schema: port.default(5_066), takes: 'PORT', help: "the browsers' SIP over WebSocket (default 5066)" },
  'rtp-ports': { env: 'CENTRALITA_RTP_PORTS', schema: portRange.default({ from: 20_000, to: 20_999 }), takes: 'FROM-TO', help: 'audio of SIP phones and trunks, UDP (default 20000-20999)' },
  'media-port': { env: 'CENTRALITA_MEDIA_PORT', schema: port.default(21_000), takes: 'PORT', help: "the browsers' audio, UDP: this port and one more per media worker (default 21000)" },
  listen: { env: 'CENTRALITA_LISTEN', schema: address.optional(), takes: 'ADDRESS', help: 'take calls and pages at this address (0.0.0.0: all); left out, from this machine only' },
  'open-to': {
    env: 'CENTRALITA_OPEN_TO',
    schema: addressRanges.default([]),
    takes: 'CIDR,…',
    help: 'who dials public numbers without a trunk or a password, besides this machine (0.0.0.0/0: anybody; default: nobody)',
  },
  'webhooks-to': {
    env: 'CENTRALITA_WEBHOOKS_TO',
    schema: addressRanges.default([]),
    takes: 'CIDR,…',
    help: 'private addresses that webhooks may be sent to, with plain HTTP too (default: none)',
  },
  'public-address': { env: 'CENTRALITA_PUBLIC_ADDRESS', schema: z.string().min(1).optional(), takes: 'ADDRESS', help: 'what peers outside the local networks reach us at' },
  'local-networks': {
    env: 'CENTRALITA_LOCAL_NETWORKS',
    schema: list.default(['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']),
    takes: 'CIDR,…',
    help: 'peers that are told our own address instead (default: loopback and the private ranges)',
  },
  'ice-servers': { env: 'CENTRALITA_ICE_SERVERS', schema: list.default([]), takes: 'URL,…', help: 'STUN and TURN servers for browser audio' },
  'turn-secret': { env: 'CENTRALITA_TURN_SECRET', schema: z.string().min(1).optional(), takes: 'SECRET', help: "the TURN servers' shared secret (coturn's static-auth-secret); better in the environment, where nobody reads it" },
  'tls-cert': { env: 'CENTRALITA_TLS_CERT', schema: z.string().optional(), takes: 'FILE', help: 'certificate chain, PEM; left out, one is made when --listen needs it' },
  'tls-key': { env: 'CENTRALITA_TLS_KEY', schema: z.string().optional(), takes: 'FILE', help: 'its private key, PEM' },
  'trusted-proxy': { env: 'CENTRALITA_TRUSTED_PROXY', schema: list.default([]), takes: 'ADDRESS,…', help: 'a proxy before us that ends TLS; its X-Forwarded headers are believed' },
  'media-workers': { env: 'CENTRALITA_MEDIA_WORKERS', schema: within(1, 64).default(defaultMediaWorkers), takes: 'COUNT', help: 'processes that carry audio (default: cores less one)' },
  'media-late-ms': { env: 'CENTRALITA_MEDIA_LATE_MS', schema: within(1, 10_000).default(10), takes: 'MS', help: 'new calls get 503 while audio runs later than this (99th percentile; default 10: above it people hear it)' },
  'database-url': { env: 'DATABASE_URL', schema: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgresql://').optional(), takes: 'URL', help: 'a PostgreSQL 15 or later, as the owner of the database; left out, the bundled one runs' },
  'database-app-url': { env: 'DATABASE_APP_URL', schema: z.string().optional(), takes: 'URL', help: 'the same database as the role of the program (else one is made)' },
  'database-floor-url': { env: 'DATABASE_FLOOR_URL', schema: z.string().optional(), takes: 'URL', help: 'the same database as the role that writes the journal (else one is made)' },
  'metrics-port': { env: 'CENTRALITA_METRICS_PORT', schema: port.optional(), takes: 'PORT', help: 'metrics for Prometheus at http://127.0.0.1:PORT/metrics (left out: none)' },
  logs: { env: 'CENTRALITA_LOGS', schema: z.enum(['files', 'terminal']).default('files'), takes: 'files|terminal', help: 'where logs go (default files, in the data folder)' },
  'log-level': { env: 'CENTRALITA_LOG_LEVEL', schema: z.enum(['debug', 'info', 'warn', 'error']).default('info'), takes: 'LEVEL', help: 'debug, info, warn or error (default info)' },
} as const satisfies Record<string, { env: string; schema: z.ZodType; takes: string; help: string }>;

type OptionName = keyof typeof OPTIONS;
export type Options = { readonly [Name in OptionName]: z.infer<(typeof OPTIONS)[Name]['schema']> };

/**
 * @param args after the command's name
 * @throws {OperatorError} for an unknown option or a value that cannot be
 */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv): { readonly options: Options; readonly positionals: readonly string[] } {
  const names = Object.keys(OPTIONS) as OptionName[];
  const { values, positionals } = parseCommandLine(args, names);
  const parsed = names.map((name) => {
    const { schema, env } = OPTIONS[name];
    // An empty variable is how a compose file says "not set".
    const given = values[name] ?? (environment[env] === '' ? undefined : environment[env]);
    const result = schema.safeParse(given);
    if (!result.success) throw new OperatorError(`--${name} ${result.error.issues[0]?.message ?? 'is not right'} (it is "${given}")`);
    return [name, result.data] as const;
  });
  const options = Object.fromEntries(parsed) as Options;
  if ((options['tls-cert'] === undefined) !== (options['tls-key'] === undefined)) throw new OperatorError('--tls-cert and --tls-key go together.');
  // A browser refuses a TURN server without a password, and its phone would then make no call at all.
  if (options['ice-servers'].some((url) => /^turns?:/.test(url)) && options['turn-secret'] === undefined) throw new OperatorError('--ice-servers names a TURN server: it needs --turn-secret too.');
  const odd = options['ice-servers'].find((url) => !/^(stun|turn)s?:[^\s/?]+(\?transport=(udp|tcp))?$/.test(url));
  if (odd !== undefined) throw new OperatorError(`--ice-servers must be like stun:HOST:PORT or turn:HOST:PORT?transport=udp (it is "${odd}")`);
  return { options, positionals };
}

/** Takes a command's own options out of its arguments, as `--name value` or `--name=value`; the rest is for `parseOptions`. */
export function takeOptions<Name extends string>(args: readonly string[], names: readonly Name[]): { readonly own: Partial<Record<Name, string>>; readonly rest: readonly string[] } {
  const own: Partial<Record<Name, string>> = {};
  const rest: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const [, flag, , given] = /^--([^=]+)(=(.*))?$/s.exec(args[at]!) ?? [];
    const name = names.find((known) => known === flag);
    if (name === undefined) {
      rest.push(args[at]!);
      continue;
    }
    const value = given ?? args[++at];
    if (value === undefined || value === '') throw new OperatorError(`--${name} needs a value. See --help.`);
    own[name] = value;
  }
  return { own, rest };
}

function parseCommandLine(args: readonly string[], names: readonly OptionName[]): { values: Partial<Record<OptionName, string>>; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])) });
    return { values: values as Partial<Record<OptionName, string>>, positionals };
  } catch (error) {
    // Node's own text goes on to explain `--`; the first sentence says it all.
    throw new OperatorError(`${(error as Error).message.split('. ')[0]}. See --help.`);
  }
}

export function optionsHelp(): string {
  const rows = Object.entries(OPTIONS).map(([name, { takes, help, env }]) => ({ left: `  --${name} ${takes}`, help, env }));
  const width = Math.max(...rows.map(({ left }) => left.length)) + 2;
  return rows.map(({ left, help, env }) => `${left.padEnd(width)}${help} [${env}]`).join('\n');
}
