/** What the HTTP side of control is told by `config`; every limit has a name here. */
export interface HttpSettings {
  /** True when this process answers TLS itself or a named trusted proxy does. Decides cookie name, `Secure` and HSTS. */
  readonly secure: boolean;
  /** Addresses or ranges of proxies whose X-Forwarded-* is believed; empty: none. */
  readonly trustedProxies: readonly string[];
  /** Origins besides the page's own that may send requests (`https://center.example`). */
  readonly allowedOrigins: readonly string[];
  /** WebSocket origins a page may connect to besides its own: where browsers reach the switch (`wss://center.example:8443`). */
  readonly connectOrigins: readonly string[];
  /** Built web application; undefined: only the API is served. */
  readonly webFolder: string | undefined;
  readonly sessionLifetimeMs: number;
  readonly requestsPerMinute: number;
  readonly bodyLimitBytes: number;
  readonly recordingLinkLifetimeMs: number;
  readonly softphoneLifetimeMs: number;
  readonly guestCredentialLifetimeMs: number;
  /** Browsers that lost their feed come back after a random part of this. */
  readonly reconnectSpreadMs: number;
  /** Waiting time in which feed changes are put together (design 5: 100 to 250 ms). */
  readonly feedTickMs: number;
  /** A feed reader with more than this waiting in its socket is cut and comes back by snapshot. */
  readonly feedBacklogBytes: number;
}

export const defaultHttpSettings: HttpSettings = {
  secure: false,
  trustedProxies: [],
  allowedOrigins: [],
  connectOrigins: [],
  webFolder: undefined,
  sessionLifetimeMs: 12 * 3_600_000,
  requestsPerMinute: 3_000,
  bodyLimitBytes: 256 * 1_024,
  recordingLinkLifetimeMs: 5 * 60_000,
  softphoneLifetimeMs: 12 * 3_600_000,
  guestCredentialLifetimeMs: 60_000,
  reconnectSpreadMs: 3_000,
  feedTickMs: 150,
  feedBacklogBytes: 1_048_576,
};
