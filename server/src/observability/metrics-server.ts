import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics.ts';

/**
 * Where Prometheus asks: on loopback only, since what a center does in an hour is nobody else's business and Prometheus cannot
 * sign in. A collector elsewhere comes through an agent or a tunnel of the operator's.
 */
export function serveMetrics(metrics: Pick<Metrics, 'text' | 'contentType'>, port: number, onFailure: (error: unknown) => void): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      (error: unknown) => {
        onFailure(error);
        response.writeHead(500).end();
      },
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address ? address.port : port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
