import { randomBytes } from 'node:crypto';

const ID_LENGTH = 19;

/** An id as Omise makes them in test mode: `chrg_test_5w2wlnas5shgmvzcz58`. */
export function omiseId(kind: 'chrg' | 'evnt' | 'recp' | 'rfnd' | 'src' | 'trsf'): string {
  const random = BigInt(`0x${randomBytes(16).toString('hex')}`).toString(36);
  return `${kind}_test_${random.padStart(ID_LENGTH, '0').slice(-ID_LENGTH)}`;
}
