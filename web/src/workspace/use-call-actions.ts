import type { MeAfterService, MeCall } from '@centralita/contract';
import { ignoreFailure } from '@centralita/kernel';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../session/api.ts';
import { errorText } from '../session/error-text.view-model.ts';
import { usePhone } from '../softphone/phone-provider.tsx';
import { toast } from '../ui/toasts.tsx';
import { useDrafts } from './drafts.tsx';
import { whyNot, type CallAction } from './moment.view-model.ts';

export interface CallActions {
  /** Null: a colleague's call, which has no offer. */
  readonly answer: (offerId: string | null) => void;
  readonly decline: (offerId: string | null) => void;
  readonly act: (call: MeCall, action: Exclude<CallAction, 'send-digits'>) => void;
  readonly digit: (call: MeCall, digit: string) => void;
  readonly hangUp: (call: MeCall, here: boolean) => void;
  readonly hangUpHere: () => void;
  readonly finishAfterService: (afterService: MeAfterService) => void;
  readonly returnToWork: () => void;
  readonly whyNot: typeof whyNot;
}

/** The orders that the workspace and the call bar give. Each refusal is told in words; the state itself only ever comes from the feed. */
export function useCallActions(): CallActions {
  const { t } = useTranslation();
  const { phone } = usePhone();
  const drafts = useDrafts();
  return useMemo(() => {
    const tell = (work: Promise<unknown>) => ignoreFailure('order refused', work.catch((error: unknown) => toast(errorText(error, t))));
    return {
      answer: (offerId) => tell(phone.answer(offerId)),
      // 603 from the phone that rings; where none does (yet), the order goes to the server.
      decline: (offerId) => {
        if (!phone.decline() && offerId !== null) tell(api.declineOffer(offerId));
      },
      act: (call, action) => tell(api.callAction(call.callId, action)),
      digit: (call, digit) => tell(api.sendDigits(call.callId, digit)),
      // A BYE from the phone that holds the call is the shortest way; from another window it is an order to the server.
      hangUp: (call, here) => (here ? phone.hangUp() : tell(api.callAction(call.callId, 'hang-up'))),
      hangUpHere: () => phone.hangUp(),
      finishAfterService: (afterService) => tell(drafts.flush(afterService.conversationId).then(() => api.finishAfterService(afterService.afterServiceId))),
      returnToWork: () => tell(api.returnFromNotAnswering()),
      whyNot,
    };
  }, [phone, drafts, t]);
}
