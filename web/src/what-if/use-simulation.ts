import type { WhatIfAnswer, WhatIfQuestion } from '@centralita/contract';
import { useEffect, useRef, useState } from 'react';
import { askWhatIf } from './what-if-api.ts';

export interface Simulated {
  readonly question: WhatIfQuestion;
  readonly answer: WhatIfAnswer;
}

export interface Simulation {
  readonly running: boolean;
  /** The last that was answered; it stays while the next one runs. */
  readonly last: Simulated | null;
  readonly error: unknown;
  readonly run: (question: WhatIfQuestion) => void;
  readonly cancel: () => void;
}

/** One simulation at a time; asking again, cancelling and leaving the page end the one that runs. */
export function useSimulation(): Simulation {
  const [state, setState] = useState<Pick<Simulation, 'running' | 'last' | 'error'>>({ running: false, last: null, error: null });
  const leaving = useRef<AbortController>(null);
  useEffect(() => () => leaving.current?.abort(), []);
  const cancel = () => {
    leaving.current?.abort();
    setState((before) => ({ ...before, running: false }));
  };
  const run = (question: WhatIfQuestion) => {
    leaving.current?.abort();
    const own = new AbortController();
    leaving.current = own;
    setState((before) => ({ ...before, running: true, error: null }));
    askWhatIf(question, own.signal).then(
      (answer) => own.signal.aborted || setState({ running: false, last: { question, answer }, error: null }),
      (error: unknown) => own.signal.aborted || setState((before) => ({ ...before, running: false, error })),
    );
  };
  return { ...state, run, cancel };
}
