/** Even ports of a range, lent in turn, so that a port rests as long as possible before a new call gets it (late packets of the old one). */
export class PortRange {
  private readonly free: number[] = [];

  /** @param from the first port, rounded up to an even one. @param to the last port that may be used */
  constructor(from: number, to: number) {
    for (let port = from + (from % 2); port + 1 <= to; port += 2) this.free.push(port);
  }

  take(): number | undefined {
    return this.free.shift();
  }
  giveBack(port: number): void {
    this.free.push(port);
  }
  get left(): number {
    return this.free.length;
  }
}
