import { ignoreFailure } from '@centralita/kernel';

/** The ring: two soft bells every three seconds, made of sine tones, so that no file is needed. */
export class Ringer {
  #context: AudioContext | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #gain: GainNode | undefined;

  /** Browsers let sound out only after a gesture: call from the first click or key on the page. */
  unlock(): void {
    this.#context ??= new AudioContext();
    const context = this.#context;
    if (context.state === 'suspended') ignoreFailure('audio not allowed yet', context.resume());
  }

  useSpeaker(speakerId: string | null): void {
    const context = this.#context as (AudioContext & { setSinkId?(id: string): Promise<void> }) | undefined;
    if (context?.setSinkId) ignoreFailure('speaker for ringing', context.setSinkId(speakerId ?? ''));
  }

  start(): void {
    if (this.#timer) return;
    this.unlock();
    this.#strike();
    this.#timer = setInterval(() => this.#strike(), 3_000);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#gain?.gain.setTargetAtTime(0, this.#context?.currentTime ?? 0, 0.02);
    this.#gain = undefined;
  }

  #strike(): void {
    const context = this.#context;
    if (!context || context.state !== 'running') return;
    const out = context.createGain();
    out.gain.value = 0.22;
    out.connect(context.destination);
    this.#gain = out;
    for (const [delay, frequency] of [[0, 659.25], [0.22, 830.61], [0.9, 659.25], [1.12, 830.61]] as const) {
      for (const [ratio, loudness] of [[1, 1], [2.01, 0.28]] as const) bell(context, out, context.currentTime + delay, frequency * ratio, loudness);
    }
  }
}

function bell(context: AudioContext, out: AudioNode, at: number, frequency: number, loudness: number): void {
  const tone = context.createOscillator();
  const envelope = context.createGain();
  tone.frequency.value = frequency;
  envelope.gain.setValueAtTime(0, at);
  envelope.gain.linearRampToValueAtTime(loudness, at + 0.012);
  envelope.gain.exponentialRampToValueAtTime(0.001, at + 0.7);
  tone.connect(envelope).connect(out);
  tone.start(at);
  tone.stop(at + 0.75);
}
