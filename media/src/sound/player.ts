/** A stretch of a play: samples, or so many samples of silence. */
export type PlayPiece = Int16Array | number;

/** Plays pieces one after another, frame by frame, once or for ever. Holds no copy: pieces are shared and not to be written to. */
export class Player {
  private readonly pieces: readonly PlayPiece[];
  private readonly loop: boolean;
  private piece = 0;
  private at = 0;

  constructor(pieces: readonly PlayPiece[], loop: boolean) {
    this.pieces = pieces.filter((piece) => lengthOf(piece) > 0);
    this.loop = loop;
  }

  get done(): boolean {
    return this.piece >= this.pieces.length;
  }

  /** Fills all of `into`; what is left after the last piece is silence. */
  pull(into: Int16Array): void {
    let filled = 0;
    while (filled < into.length && !this.done) {
      const piece = this.pieces[this.piece]!;
      const count = Math.min(into.length - filled, lengthOf(piece) - this.at);
      if (typeof piece === 'number') into.fill(0, filled, filled + count);
      else for (let i = 0; i < count; i++) into[filled + i] = piece[this.at + i]!;
      filled += count;
      this.at += count;
      if (this.at >= lengthOf(piece)) this.advance();
    }
    if (filled < into.length) into.fill(0, filled);
  }

  private advance(): void {
    this.at = 0;
    this.piece += 1;
    if (this.loop && this.piece >= this.pieces.length) this.piece = 0;
  }
}

const lengthOf = (piece: PlayPiece): number => (typeof piece === 'number' ? piece : piece.length);
