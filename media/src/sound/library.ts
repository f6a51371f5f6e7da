import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Language, type Result, ok, refuse } from '@centralita/kernel';
import { SAMPLE_RATE } from '../frame.ts';
import { type WavRefusal, readWav } from './wav.ts';

/** Names are file names: letters, digits, dash, underscore. Anything else could leave the folder. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** All prompts and some music: 16 KiB a second of sound. */
const MAX_CACHED_BYTES = 48 * 1_048_576;
const MAX_FILE_BYTES = 16 * 1_048_576;

export type SoundRefusal = 'no-such-sound' | 'bad-name' | 'too-large' | 'wrong-rate' | WavRefusal;

/**
 * The sounds of one folder: `<language>/<name>.wav` (prompts and number words) and `music/<name>.wav`, 8 kHz, one channel,
 * 16-bit linear or G.711. Read once, kept as samples up to a limit; the longest unused goes first.
 */
export class SoundLibrary {
  private readonly folder: string;
  private readonly cache = new Map<string, Int16Array>();
  private cachedBytes = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  prompt(name: string, language: Language): Promise<Result<Int16Array, SoundRefusal>> {
    return this.named(language, name);
  }
  music(name: string): Promise<Result<Int16Array, SoundRefusal>> {
    return this.named('music', name);
  }
  /** A sound by its own path (a recorded greeting of an account). The caller answers for where it points. */
  file(path: string): Promise<Result<Int16Array, SoundRefusal>> {
    return this.load(path);
  }
  /** What is read already, so that a hold can start without waiting. */
  readyMusic(name: string): Int16Array | undefined {
    return this.cache.get(join(this.folder, 'music', `${name}.wav`));
  }

  /** Reads everything there is, up to the cache's limit, so that the first caller does not wait for the disk. */
  async preload(): Promise<void> {
    for (const part of ['es', 'en', 'music']) {
      // A part that is not there has no sounds; asking for one of them later says so.
      const files = existsSync(join(this.folder, part)) ? await readdir(join(this.folder, part)) : [];
      for (const file of files) {
        if (this.cachedBytes > MAX_CACHED_BYTES / 2) return;
        if (file.endsWith('.wav')) await this.load(join(this.folder, part, file));
      }
    }
  }

  private named(part: string, name: string): Promise<Result<Int16Array, SoundRefusal>> {
    return NAME.test(name) ? this.load(join(this.folder, part, `${name}.wav`)) : Promise.resolve(refuse('bad-name'));
  }

  private async load(path: string): Promise<Result<Int16Array, SoundRefusal>> {
    const kept = this.cache.get(path);
    if (kept) {
      this.cache.delete(path);
      this.cache.set(path, kept);
      return ok(kept);
    }
    let bytes: Buffer;
    try {
      bytes = await readFile(path);
    } catch {
      return refuse('no-such-sound');
    }
    if (bytes.length > MAX_FILE_BYTES) return refuse('too-large');
    const wav = readWav(bytes);
    if (!wav.ok) return wav;
    if (wav.value.sampleRate !== SAMPLE_RATE) return refuse('wrong-rate');
    const samples = wav.value.channels[0]!;
    this.keep(path, samples);
    return ok(samples);
  }

  private keep(path: string, samples: Int16Array): void {
    if (this.cache.has(path)) return;
    this.cache.set(path, samples);
    this.cachedBytes += samples.byteLength;
    for (const [oldest, old] of this.cache) {
      if (this.cachedBytes <= MAX_CACHED_BYTES) break;
      this.cache.delete(oldest);
      this.cachedBytes -= old.byteLength;
    }
  }
}
