import { pastBoard, type PastBoard } from '@centralita/contract';
import { useEffect, useRef, useState } from 'react';
import { ApiError, request } from '../../../session/api-client.ts';

export interface ShownPast {
  /** The last one that came; null before the first. */
  readonly board: PastBoard | null;
  /** Why there is none of the moment wanted. */
  readonly error: unknown;
}

const AGAIN_MS = 400;

/**
 * The board of a moment. One is asked for at a time, as the server makes one at a time: while the slider moves, the moments in between
 * are left out and the last one is what is shown in the end.
 */
export function usePastBoard(topic: 'board' | 'demo-board', at: number): ShownPast {
  const [shown, setShown] = useState<ShownPast>({ board: null, error: null });
  const wanted = useRef<number | null>(null);
  const asking = useRef(false);
  useEffect(() => {
    wanted.current = at;
    if (asking.current) return;
    asking.current = true;
    void askUntilShown(topic, wanted, setShown).finally(() => {
      asking.current = false;
    });
  }, [topic, at]);
  useEffect(
    () => () => {
      wanted.current = null;
    },
    [],
  );
  return shown;
}

async function askUntilShown(topic: string, wanted: { readonly current: number | null }, show: (change: (before: ShownPast) => ShownPast) => void): Promise<void> {
  for (let done: number | null = null; wanted.current !== null && wanted.current !== done; ) {
    const at: number = wanted.current;
    try {
      const board = await request('GET', `/api/board?at=${at}&topic=${topic}`, { answer: pastBoard });
      show(() => ({ board, error: null }));
    } catch (error) {
      if (error instanceof ApiError && error.code === 'rate-limited') {
        // Another tab of the same person is being answered.
        await new Promise((again) => setTimeout(again, AGAIN_MS));
        continue;
      }
      show(({ board }) => ({ board, error }));
    }
    done = at;
  }
}
