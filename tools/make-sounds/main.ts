/**
 * Makes every sound of the product once, into `server/sounds`, with espeak-ng and sox (Debian packages). Run it again when a
 * text changes, listen, and commit the files: `node tools/make-sounds/main.ts`. Telephone quality throughout: 8 kHz, mono, µ-law.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LANGUAGES, type Language } from '@centralita/kernel';
import { encodeWav16, gentleMusic } from './music.ts';

const SOUNDS = join(import.meta.dirname, '../../server/sounds');
const VOICE: Readonly<Record<Language, readonly string[]>> = { es: ['-v', 'es-419', '-s', '145', '-p', '42'], en: ['-v', 'en-us', '-s', '150', '-p', '42'] };
const TENS = [30, 40, 50, 60, 70, 80, 90];
const HUNDREDS = [100, 200, 300, 400, 500, 600, 700, 800, 900];
const NUMBERS = [...Array.from({ length: 30 }, (_, n) => n), ...TENS, ...HUNDREDS];
/** Words that only some numbers need: `treinta y uno`, `ciento uno`, `one hundred and one`. */
const JOINERS: Readonly<Record<Language, Readonly<Record<string, string>>>> = { es: { 'number-and': 'y', 'number-hundred-and': 'ciento' }, en: { 'number-and': 'and' } };

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
}

/** Silence trimmed at both ends, level evened, then the telephone band. */
function toTelephone(from: string, to: string): void {
  run('sox', [from, '-r', '8000', '-c', '1', '-e', 'u-law', to, 'silence', '1', '0.01', '0.3%', 'reverse', 'silence', '1', '0.01', '0.3%', 'reverse', 'highpass', '180', 'norm', '-4', 'pad', '0', '0.06']);
}

const scratch = mkdtempSync(join(tmpdir(), 'centralita-sounds-'));
const prompts = JSON.parse(readFileSync(join(import.meta.dirname, 'prompts.json'), 'utf8')) as Record<string, Record<Language, string>>;
for (const language of LANGUAGES) {
  mkdirSync(join(SOUNDS, language), { recursive: true });
  const texts: Record<string, string> = { ...JOINERS[language] };
  for (const [name, text] of Object.entries(prompts)) texts[name] = text[language];
  for (const value of NUMBERS) texts[`number-${value}`] = String(value);
  for (const [name, text] of Object.entries(texts)) {
    const raw = join(scratch, 'raw.wav');
    run('espeak-ng', [...VOICE[language], '-w', raw, text]);
    toTelephone(raw, join(SOUNDS, language, `${name}.wav`));
  }
}
mkdirSync(join(SOUNDS, 'music'), { recursive: true });
writeFileSync(join(scratch, 'music.wav'), encodeWav16(gentleMusic(), 8000));
run('sox', [join(scratch, 'music.wav'), '-r', '8000', '-c', '1', '-e', 'u-law', join(SOUNDS, 'music', 'cord.wav')]);
rmSync(scratch, { recursive: true });
