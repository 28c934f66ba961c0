import { ErasureCancelled, ErasureRequested, ExportRequested } from '../events/account-life.ts';
import { dataOf } from '../events/event.ts';
import type { Trigger } from './command.ts';
import {
  ERASURE_CANCELLED_SIGNAL,
  type ErasureInput,
  ErasureWorkflow,
  type ExportInput,
  ExportWorkflow,
} from './privacy.ts';

/** What requests about one's data ask of workflows. */
export const privacyTrigger: Trigger = {
  types: [ExportRequested.type, ErasureRequested.type, ErasureCancelled.type],
  command: (event) => {
    const asked = dataOf(ExportRequested, event);
    if (asked !== undefined) {
      const { request_id: requestId, user_id: userId, country, kept_for_ms: keptForMs } = asked;
      const input: ExportInput = { requestId, userId, country, keptForMs };
      return { do: 'start', kind: ExportWorkflow, businessId: requestId, input };
    }
    const erasure = dataOf(ErasureRequested, event);
    if (erasure !== undefined) {
      const { request_id: requestId, user_id: userId, country } = erasure;
      const times = { eraseAt: erasure.erase_at, askAgainAfterMs: erasure.ask_again_after_ms };
      const input: ErasureInput = { requestId, userId, country, ...times };
      return { do: 'start', kind: ErasureWorkflow, businessId: requestId, input };
    }
    const cancelled = dataOf(ErasureCancelled, event);
    if (cancelled === undefined) return undefined;
    return {
      do: 'signal',
      kind: ErasureWorkflow,
      businessId: cancelled.request_id,
      signal: ERASURE_CANCELLED_SIGNAL,
      payload: undefined,
    };
  },
};
