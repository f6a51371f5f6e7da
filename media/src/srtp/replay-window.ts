const WIDTH = 128;

/** Which of the last 128 packet indexes came (RFC 3711 section 3.3.2 asks for 64 at least); older ones count as having come. */
export class ReplayWindow {
  highest = -1;
  private readonly seen = new Float64Array(WIDTH).fill(-1);

  isNew(index: number): boolean {
    return index > this.highest - WIDTH && this.seen[index % WIDTH] !== index;
  }

  /** To be called for authentic packets only. */
  add(index: number): void {
    this.seen[index % WIDTH] = index;
    if (index > this.highest) this.highest = index;
  }
}
