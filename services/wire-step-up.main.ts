import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { Ground } from './ground.main.ts';

/** Whether a Step-Up header proves the PIN of the one who calls, for the domains that move money. */
export function stepUpOf({ identity }: Pick<Ground, 'identity'>) {
  return {
    verify: async (token: string | undefined, caller: Caller): Promise<boolean> => {
      try {
        await identity.tokens.verifyStepUp(token, caller);
        return true;
      } catch (error) {
        if (error instanceof AppError && error.code === 'STEP_UP_REQUIRED') return false;
        throw error;
      }
    },
  };
}
