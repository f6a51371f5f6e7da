import { FRAME_MS, SAMPLES_PER_MS, estimateMos, readReport, roundTripMs, writeReport } from '@centralita/media';
import type { LegStatistics, MediaFact } from '../protocol.ts';
import type { Leg } from './leg.ts';

/** RFC 3550's minimum interval, and how often a leg's quality is told. */
export const REPORT_MS = 5_000;

/** RTCP of one leg, and what it says about the call's quality in both directions. */
export class LegQuality {
  private readonly leg: Leg;
  private readonly send: (packet: Buffer) => void;
  private lastSenderReport = 0;
  private lastSenderReportAtMs = 0;
  private roundTrip = 0;
  private farLoss = 0;
  private worstLoss = 0;
  private packetsAtReport = 0;
  private lateAtReport = 0;

  constructor(leg: Leg, send: (packet: Buffer) => void) {
    this.leg = leg;
    this.send = send;
  }

  takeReport(packet: Buffer): void {
    const report = readReport(packet, this.leg.sender.ssrc);
    if (!report) return;
    if (report.senderReport !== undefined) {
      this.lastSenderReport = report.senderReport;
      this.lastSenderReportAtMs = Date.now();
    }
    if (!report.aboutUs) return;
    this.farLoss = report.aboutUs.lossRatio;
    this.roundTrip = roundTripMs(Date.now(), report.aboutUs.lastSenderReport, report.aboutUs.delaySinceLast) ?? this.roundTrip;
  }

  /** Every 5 s: our report to the far side, and a fact when packets came or went. */
  report(wallMs: number, final: boolean): MediaFact | undefined {
    const { reception, buffer } = this.leg.receiver;
    const came = reception.received - this.packetsAtReport;
    const late = buffer.late - this.lateAtReport;
    this.packetsAtReport = reception.received;
    this.lateAtReport = buffer.late;
    const networkLoss = reception.lossSinceLastReport();
    const loss = Math.min(1, networkLoss + (came > 0 ? late / came : 0));
    this.worstLoss = Math.max(loss, this.farLoss);
    if (!final) this.sendReport(wallMs, networkLoss);
    if (reception.received === 0) return undefined;
    return { type: 'quality', legId: this.leg.legId, lossRatio: loss, jitterMs: reception.jitterMs, roundTripMs: this.roundTrip, mos: this.mos, final };
  }

  statistics(): LegStatistics {
    const { reception, buffer, malformed } = this.leg.receiver;
    return {
      packetsSent: this.leg.sender.packets,
      packetsReceived: reception.received,
      packetsLost: reception.lost,
      packetsDiscarded: buffer.late + buffer.overflowed,
      packetsFromStrangers: this.leg.connection?.strangers ?? 0,
      packetsMalformed: malformed,
      packetsUnauthentic: this.leg.connection?.unauthentic ?? 0,
      jitterMs: reception.jitterMs,
      jitterBufferMs: buffer.delayMs,
      roundTripMs: this.roundTrip,
      farEndLossRatio: this.farLoss,
      mos: this.mos,
      codec: this.leg.codec,
      localPort: this.leg.connection?.localPort ?? 0,
    };
  }

  /** The worse direction's loss; half the round trip, the jitter buffer and one packet of delay. */
  private get mos(): number {
    return estimateMos(this.worstLoss, this.roundTrip / 2 + this.leg.receiver.buffer.delayMs + FRAME_MS);
  }

  private sendReport(wallMs: number, lossRatio: number): void {
    const { sender, receiver } = this.leg;
    const { reception } = receiver;
    if (sender.packets === 0 && reception.received === 0) return;
    const sinceReport = this.lastSenderReport === 0 ? 0 : Math.round(((wallMs - this.lastSenderReportAtMs) / 1_000) * 65_536);
    this.send(
      writeReport({
        ssrc: sender.ssrc,
        cname: `${sender.ssrc.toString(16)}@centralita`,
        sent: sender.packets > 0 ? { atUnixMs: wallMs, timestamp: sender.timestamp, packets: sender.packets, octets: sender.octets } : undefined,
        block:
          reception.received > 0
            ? { ssrc: reception.source, lossRatio, lost: reception.lost, extendedHighest: reception.extendedHighest, jitterSamples: reception.jitterMs * SAMPLES_PER_MS, lastSenderReport: this.lastSenderReport, delaySinceLast: sinceReport }
            : undefined,
      }),
    );
  }
}
