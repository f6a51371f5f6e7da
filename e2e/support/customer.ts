import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Baresip } from './baresip.ts';
import { eventually } from './eventually.ts';
import type { Product } from './product.ts';
import { toneOverTime } from './wav.ts';

/** Music and prompts are louder than this, comfort noise is not. */
export const SOMETHING = 150;

/** Nobody in these tests speaks at this frequency: what is there is noise. */
const NOBODY_HZ = 1_600;
/**
 * A tone is heard when it stands out so many times from the noise. Its own level says little: a browser's noise suppression takes
 * a steady one of 8,000 down to anything from 3,000 to 50, differently from second to second.
 */
const STANDS_OUT = 4;
/** Below, it is what rounding in the codec makes of other sounds. */
const AUDIBLE = 20;

const RATE = 8_000;

/** A customer with a telephone: the tone that they speak tells them apart. */
export class Customer {
  readonly phone: Baresip;
  readonly #product: Product;

  private constructor(phone: Baresip, product: Product) {
    this.phone = phone;
    this.#product = product;
  }

  static async start(product: Product, options: { readonly folder: string; readonly number: string; readonly hertz: number }): Promise<Customer> {
    const phone = await Baresip.start({ folder: join(options.folder, options.number), user: options.number, hertz: options.hertz });
    return new Customer(phone, product);
  }

  /** Dials the center's number and is answered: the greeting is heard. */
  async reachMenu(): Promise<void> {
    this.phone.dial(`sip:100@127.0.0.1:${this.#product.sipPort}`);
    await this.phone.told('CALL_ESTABLISHED');
    await eventually(() => assert.ok(this.loudness() > 2 * SOMETHING, 'the greeting is heard'));
  }

  /** Dials and chooses from the menu: 1 is Ventas, 2 Posventa. */
  async choose(key: string): Promise<void> {
    await this.reachMenu();
    this.phone.press(key);
  }

  /** Throws unless a tone stood out in most of the last second. */
  hears(hertz: number): void {
    const { heard, of } = this.tenthsWith(hertz, this.phone.heard().length - RATE);
    assert.ok(heard > of / 2, `${hertz} Hz is heard in ${heard} of the last ${of} tenths of a second`);
  }

  untilHears(hertz: number): Promise<void> {
    return eventually(() => this.hears(hertz), 30_000);
  }

  /** In how many tenths of a second a tone was heard. @param since counted in samples of `phone.heard()` */
  tenthsWith(hertz: number, since: number): { readonly heard: number; readonly of: number } {
    const samples = this.phone.heard().subarray(Math.max(0, since));
    const noise = toneOverTime(samples, RATE, NOBODY_HZ);
    const tone = toneOverTime(samples, RATE, hertz);
    return { heard: tone.filter((level, i) => level > AUDIBLE && level > STANDS_OUT * noise[i]!).length, of: tone.length };
  }

  /** Of anything at all in the last second (root mean square). */
  loudness(): number {
    const heard = this.lastSecond();
    return Math.sqrt(heard.reduce((sum, sample) => sum + sample * sample, 0) / heard.length);
  }

  lastSecond(): Int16Array {
    return this.phone.heard().subarray(-RATE);
  }

  stop(): Promise<void> {
    return this.phone.stop();
  }
}
