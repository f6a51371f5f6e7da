import { readFileSync, watchFile, unwatchFile } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Listener, UserAgent } from '@centralita/sip';
import type { Logger } from './logger.ts';
import type { SwitchPorts, SwitchSettings } from './switch-settings.ts';

/** A certificate renewed on disk is taken within this time. */
const CERTIFICATE_CHECK_MS = 10_000;

export interface SipListeners {
  readonly ports: Pick<SwitchPorts, 'udp' | 'tcp' | 'tls' | 'ws'>;
  /** The browsers' server; the user agent closes the rest. */
  close(): Promise<void>;
}

/** Opens the doors for telephones, carriers and browsers. @throws when a port is taken or a certificate broken */
export async function listenForSip(agent: UserAgent, settings: SwitchSettings, logger: Logger): Promise<SipListeners> {
  const { udp, tcp, tls } = settings.sip;
  const overUdp = udp && (await agent.listen({ protocol: 'udp', ...udp }));
  // TCP under the same number as UDP where none is asked for: a request too large for a datagram comes over TCP (RFC 3261 18.1.1).
  const overTcp = tcp && (await agent.listen({ protocol: 'tcp', address: tcp.address, port: tcp.port === 0 && overUdp ? overUdp.bound.port : tcp.port }));
  const overTls = tls && (await agent.listen({ protocol: 'tls', ...tls, ...certificate(settings) }));
  const browsers = await listenForBrowsers(agent, settings);
  const unwatch = watchCertificate(settings, overTls, browsers, logger);
  const ws = (browsers?.address() as AddressInfo | null | undefined)?.port;
  return {
    ports: { udp: overUdp?.bound.port, tcp: overTcp?.bound.port, tls: overTls?.bound.port, ws },
    async close() {
      unwatch();
      browsers?.closeAllConnections();
      await new Promise<void>((resolve) => (browsers === undefined ? resolve() : browsers.close(() => resolve())));
    },
  };
}

async function listenForBrowsers(agent: UserAgent, settings: SwitchSettings): Promise<Server | undefined> {
  const where = settings.browserSip;
  if (where === undefined) return undefined;
  const server = where.secure === true ? createHttpsServer(certificate(settings)) : createHttpServer();
  // Nothing but WebSockets lives here; a page asked for by mistake gets a plain answer.
  server.on('request', (_request, response) => response.writeHead(404).end());
  const origins = settings.browserOrigins;
  agent.acceptWebSockets({
    server,
    path: '/sip',
    checkOrigin: (origin) => origins === undefined || (origin !== undefined && origins.includes(origin)),
    pingIntervalMs: 5_000,
    pongTimeoutMs: 10_000,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where.port, where.address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

function watchCertificate(settings: SwitchSettings, overTls: Listener | undefined, browsers: Server | undefined, logger: Logger): () => void {
  const certFile = settings.tlsCertificate?.certFile;
  if (certFile === undefined) return () => {};
  const renewed = () => {
    try {
      const material = certificate(settings);
      overTls?.reload(material);
      if (browsers !== undefined && 'setSecureContext' in browsers) (browsers as ReturnType<typeof createHttpsServer>).setSecureContext(material);
      logger.info({}, 'the certificate was renewed');
    } catch (error) {
      // Half written, or a key that does not match: the old one goes on, and the next change is tried again.
      logger.error({ error: String(error) }, 'the renewed certificate is not usable');
    }
  };
  watchFile(certFile, { interval: CERTIFICATE_CHECK_MS, persistent: false }, renewed);
  return () => unwatchFile(certFile, renewed);
}

function certificate(settings: SwitchSettings): { readonly cert: string; readonly key: string } {
  if (settings.tlsCertificate === undefined) throw new Error('TLS needs a certificate and its key');
  return { cert: readFileSync(settings.tlsCertificate.certFile, 'utf8'), key: readFileSync(settings.tlsCertificate.keyFile, 'utf8') };
}
