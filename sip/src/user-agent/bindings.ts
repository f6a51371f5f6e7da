import type { Timers } from '../timers.ts';
import type { Bindings, BindingsOptions } from './bindings-api.ts';

export function createBindings(_timers: Timers, _options: BindingsOptions = {}): Bindings {
  throw new Error('not built yet');
}
