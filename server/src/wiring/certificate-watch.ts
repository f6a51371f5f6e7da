import fs from 'node:fs';
import type { CertificateFiles } from '../config/settings.ts';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const LOOK_EVERY_MS = 30_000;

export const readCertificate = (files: CertificateFiles): Certificate => ({ cert: fs.readFileSync(files.certFile, 'utf8'), key: fs.readFileSync(files.keyFile, 'utf8') });

/**
 * Tells of a renewed certificate without a restart. Files are looked at by name, since renewal tools replace them; a pair that
 * is only half written does not fit yet and is looked at again.
 *
 * @param use throws when key and certificate do not belong together
 * @returns how to stop
 */
export function watchCertificate(files: CertificateFiles, use: (certificate: Certificate) => void, onFailure: (error: unknown) => void): () => void {
  let last = readCertificate(files);
  const timer = setInterval(() => {
    try {
      const now = readCertificate(files);
      if (now.cert === last.cert && now.key === last.key) return;
      use(now);
      last = now;
    } catch (error) {
      onFailure(error);
    }
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
