import { useMemo } from 'react';
import { useMe } from '../live/live.tsx';
import { useSession } from '../session/session.tsx';
import { usePhone } from '../softphone/phone-provider.tsx';
import { momentOf, type Moment } from './moment.view-model.ts';

export function useMoment(): Moment {
  const me = useMe();
  const { state } = usePhone();
  const { statuses } = useSession();
  return useMemo(() => momentOf(me, state, statuses), [me, state, statuses]);
}
