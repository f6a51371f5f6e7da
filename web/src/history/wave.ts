import { ignoreFailure } from '@centralita/kernel';
import WaveSurfer from 'wavesurfer.js';
import { afterSilence, silencesOf, type Silence } from './silences.view-model.ts';

export type Channels = 'both' | 'customer' | 'agent';

export interface Wave {
  toggle(): Promise<void>;
  seek(ms: number): void;
  speed(rate: number): void;
  hear(channels: Channels): void;
  /** Whether playing jumps over stretches in which nobody speaks. */
  skipSilences(skip: boolean): void;
  close(): void;
}

interface Heard {
  readonly moved: (ms: number) => void;
  readonly playing: (playing: boolean) => void;
  readonly ready: (durationMs: number) => void;
  readonly failed: () => void;
}

/** `light-dark()` cannot be drawn on a canvas: the browser resolves it on a real element first. */
function colour(value: string): string {
  const probe = document.createElement('span');
  probe.style.color = value;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

/** The two lanes of a recording, drawn and played. */
export function openWave(container: HTMLElement, url: string, heard: Heard): Wave {
  const audio = new Audio();
  const shared = { height: 56, barWidth: 2, barGap: 2, barRadius: 2, barMinHeight: 2, cursorWidth: 0, interact: false, normalize: true } as const;
  const surfer = WaveSurfer.create({
    container,
    media: audio,
    url,
    ...shared,
    splitChannels: [
      { ...shared, waveColor: colour('var(--line-strong)'), progressColor: colour('var(--text)') },
      { ...shared, waveColor: colour('color-mix(in srgb, var(--primary) 52%, var(--surface))'), progressColor: colour('var(--primary)') },
    ],
  });
  let skip = false;
  let silences: readonly Silence[] | undefined;
  surfer.on('ready', (seconds) => heard.ready(seconds * 1_000));
  surfer.on('timeupdate', (seconds) => {
    heard.moved(seconds * 1_000);
    if (!skip || !surfer.isPlaying()) return;
    silences ??= silencesIn(surfer.getDecodedData());
    const next = afterSilence(silences, seconds * 1_000);
    if (next !== null) surfer.setTime(next / 1_000);
  });
  surfer.on('play', () => heard.playing(true));
  surfer.on('pause', () => heard.playing(false));
  surfer.on('finish', () => heard.playing(false));
  surfer.on('error', heard.failed);
  const mixer = new ChannelMixer(audio);
  return {
    toggle: async () => {
      await surfer.playPause();
    },
    seek: (ms) => surfer.setTime(ms / 1_000),
    speed: (rate) => surfer.setPlaybackRate(rate),
    hear: (channels) => mixer.hear(channels),
    skipSilences: (chosen) => {
      skip = chosen;
    },
    close: () => {
      surfer.destroy();
      mixer.close();
    },
  };
}

const silencesIn = (sound: AudioBuffer | null): readonly Silence[] => (sound === null ? [] : silencesOf(Array.from({ length: sound.numberOfChannels }, (_, channel) => sound.getChannelData(channel)), sound.sampleRate));

/** Lets one side be heard alone, in both ears. Made at the first choice: until then the file plays as it is. */
class ChannelMixer {
  readonly #audio: HTMLAudioElement;
  #context: AudioContext | undefined;
  #left: GainNode | undefined;
  #right: GainNode | undefined;

  constructor(audio: HTMLAudioElement) {
    this.#audio = audio;
  }

  hear(channels: Channels): void {
    if (!this.#context) {
      if (channels === 'both') return;
      this.#connect();
    }
    this.#left!.gain.value = channels === 'agent' ? 0 : 1;
    this.#right!.gain.value = channels === 'customer' ? 0 : 1;
  }

  close(): void {
    if (this.#context) ignoreFailure('closing the player', this.#context.close());
  }

  #connect(): void {
    const context = new AudioContext();
    const splitter = context.createChannelSplitter(2);
    context.createMediaElementSource(this.#audio).connect(splitter);
    const out = context.createGain();
    out.channelCount = 1;
    out.channelCountMode = 'explicit';
    this.#left = context.createGain();
    this.#right = context.createGain();
    splitter.connect(this.#left, 0);
    splitter.connect(this.#right, 1);
    this.#left.connect(out);
    this.#right.connect(out);
    out.connect(context.destination);
    this.#context = context;
  }
}
