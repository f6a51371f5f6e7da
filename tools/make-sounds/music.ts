/** Waiting music of our own, computed: a slow round of four chords, plucked softly. Nobody's rights, no file to ship twice. */

const RATE = 8000;
const BEAT_S = 0.46;
/** Notes of each bar in semitones from A3 (220 Hz); eight to a bar. Am7, Fmaj7, Cmaj7, G6: all within the telephone band. */
const BARS = [
  [0, 7, 12, 15, 19, 15, 12, 7],
  [-4, 3, 8, 12, 15, 12, 8, 3],
  [3, 10, 14, 15, 19, 15, 14, 10],
  [-2, 5, 10, 14, 17, 14, 10, 5],
];
const ROUNDS = 2;

/** @returns samples from -1 to 1 at 8 kHz; its end meets its beginning, so that it loops without a seam */
export function gentleMusic(): Float64Array {
  const notes = Array.from({ length: ROUNDS }, () => BARS).flat(2);
  const length = Math.round(notes.length * BEAT_S * RATE);
  const out = new Float64Array(length);
  notes.forEach((semitone, i) => {
    const from = Math.round(i * BEAT_S * RATE);
    pluck(out, from, 440 * 2 ** (semitone / 12), i % 8 === 0 ? 0.34 : 0.22);
    if (i % 8 === 0) pluck(out, from, 220 * 2 ** (semitone / 12), 0.3);
  });
  return out;
}

/** A decaying sine with two overtones, wrapped around the end of the loop. */
function pluck(out: Float64Array, from: number, frequency: number, level: number): void {
  const lasting = 2.2 * RATE;
  for (let n = 0; n < lasting; n++) {
    const t = n / RATE;
    const envelope = Math.min(1, t / 0.012) * Math.exp(-t * 2.4);
    const phase = 2 * Math.PI * frequency * t;
    const wave = Math.sin(phase) + 0.35 * Math.sin(2 * phase) * Math.exp(-t * 3) + 0.12 * Math.sin(3 * phase) * Math.exp(-t * 6);
    const at = (from + n) % out.length;
    out[at] = out[at]! + level * envelope * wave * 0.6;
  }
}

/** @param samples -1 to 1; clipped */
export function encodeWav16(samples: Float64Array, rate: number): Uint8Array {
  const wav = Buffer.alloc(44 + samples.length * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, i) => wav.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), 44 + i * 2));
  return wav;
}
