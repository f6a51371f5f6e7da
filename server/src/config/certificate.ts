import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Folders } from './folders.ts';
import { OperatorError } from './operator-error.ts';
import type { Options } from './options.ts';
import { selfSignedCertificate } from './self-signed.ts';
import { type CertificateFiles, needsCertificate } from './settings.ts';

const OWN_CERTIFICATE_DAYS = 3_650;

export interface Certificate extends CertificateFiles {
  /** SHA-256, as browsers show it. */
  readonly fingerprint: string;
  /** Made here: browsers will ask before they trust it. */
  readonly ownMade: boolean;
}

/** The operator's certificate, or one made at the first start that needs one; undefined while everything stays on loopback. */
export function certificateFor(options: Options, folders: Folders): Certificate | undefined {
  if (!needsCertificate(options)) return undefined;
  const given = options['tls-cert'] && options['tls-key'] ? { certFile: path.resolve(options['tls-cert']), keyFile: path.resolve(options['tls-key']) } : undefined;
  const files = given ?? { certFile: path.join(folders.secrets, 'own-certificate.pem'), keyFile: path.join(folders.secrets, 'own-key.pem') };
  if (!given && !fs.existsSync(files.certFile)) makeCertificate(files, hostsOf(options));
  return { ...files, fingerprint: fingerprintOf(files), ownMade: given === undefined };
}

function makeCertificate(files: CertificateFiles, hosts: readonly string[]): void {
  // From an hour ago, for clients whose clock is behind.
  const { certificatePem, keyPem } = selfSignedCertificate(hosts, new Date(Date.now() - 3_600_000), OWN_CERTIFICATE_DAYS);
  fs.writeFileSync(files.keyFile, keyPem, { mode: 0o600 });
  fs.writeFileSync(files.certFile, certificatePem);
}

function hostsOf(options: Options): string[] {
  const own = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const addresses = own.filter(({ internal, address }) => !internal && !address.startsWith('fe80:')).map(({ address }) => address);
  const named = [options['public-address'], os.hostname(), 'localhost', '127.0.0.1', ...addresses];
  return [...new Set(named.filter((host) => host !== undefined))];
}

function fingerprintOf({ certFile, keyFile }: CertificateFiles): string {
  try {
    fs.accessSync(keyFile, fs.constants.R_OK);
    return new X509Certificate(fs.readFileSync(certFile)).fingerprint256;
  } catch (error) {
    throw new OperatorError(`The certificate ${certFile} with its key ${keyFile} cannot be read: ${(error as Error).message}`);
  }
}
