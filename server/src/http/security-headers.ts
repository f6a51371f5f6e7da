import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { HttpSettings } from './settings.ts';

/**
 * Scripts only from our own files. Styles allow inline: Mantine writes its theme variables into a style element, which cannot
 * run code. Media and workers also from blobs: recordings being played, and the level meter's worklet.
 */
export function securityHeaders(settings: Pick<HttpSettings, 'secure' | 'connectOrigins'>): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", ...settings.connectOrigins],
        mediaSrc: ["'self'", 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: settings.secure ? { maxAge: 180 * 86_400, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    crossOriginEmbedderPolicy: false,
    originAgentCluster: settings.secure,
    crossOriginOpenerPolicy: settings.secure ? { policy: 'same-origin' } : false,
  };
}

/** Only our own pages may ask for the microphone. Helmet does not set this header. */
export const PERMISSIONS_POLICY = 'microphone=(self), speaker-selection=(self), camera=(), geolocation=(), payment=(), usb=()';
