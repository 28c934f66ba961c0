import type { Caller } from '#shared/caller.ts';
import { type Enrolment, enrolSecondFactor, readSecondFactorState, type SecondFactorState } from './enrol.ts';
import {
  confirmSecondFactor,
  type Opened,
  recoverSecondFactor,
  type SecondFactorPorts,
  verifySecondFactor,
} from './show.ts';

/** The second factor of staff. Each verb is documented where it is written. */
export type SecondFactorService = {
  read(caller: Caller): Promise<SecondFactorState>;
  enrol(caller: Caller, enrolmentCode?: string): Promise<Enrolment>;
  confirm(caller: Caller, code: string): ReturnType<typeof confirmSecondFactor>;
  verify(caller: Caller, code: string): Promise<Opened>;
  recover(caller: Caller, code: string): Promise<Opened>;
};

export function makeSecondFactor(ports: SecondFactorPorts): SecondFactorService {
  return {
    read: (caller) => readSecondFactorState(ports.databases, caller),
    enrol: (caller, enrolmentCode) => enrolSecondFactor(ports, caller, enrolmentCode),
    confirm: (caller, code) => confirmSecondFactor(ports, caller, code),
    verify: (caller, code) => verifySecondFactor(ports, caller, code),
    recover: (caller, code) => recoverSecondFactor(ports, caller, code),
  };
}
