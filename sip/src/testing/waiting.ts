/** Values that come when they come; whoever waits gets the first one that fits, also one that came before. */
export class Inbox<Value> {
  readonly #held: Value[] = [];
  readonly #waiting: { readonly fits: (value: Value) => boolean; readonly take: (value: Value) => void }[] = [];

  put(value: Value): void {
    const at = this.#waiting.findIndex((one) => one.fits(value));
    if (at >= 0) this.#waiting.splice(at, 1)[0]!.take(value);
    else this.#held.push(value);
  }

  /** @throws after `limitMs`, saying what was awaited: a test that hangs tells nothing. */
  next(what: string, fits: (value: Value) => boolean = () => true, limitMs = 5_000): Promise<Value> {
    const at = this.#held.findIndex(fits);
    if (at >= 0) return Promise.resolve(this.#held.splice(at, 1)[0]!);
    return new Promise((resolve, reject) => {
      const waiter = {
        fits,
        take: (value: Value) => {
          clearTimeout(limit);
          resolve(value);
        },
      };
      const limit = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(new Error(`${what} did not come within ${limitMs} ms`));
      }, limitMs);
      this.#waiting.push(waiter);
    });
  }

  get held(): readonly Value[] {
    return this.#held;
  }
}
