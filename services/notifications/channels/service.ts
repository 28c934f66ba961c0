import { makeAskAgain, makeAskToConfirm } from './ask-to-confirm.ts';
import { makeDeliver } from './deliver.ts';
import { makeListDevices, makeRegisterDevice, makeRemoveDevice } from './devices.ts';
import { makeConfirmEmail, makeGetEmail, makeReadConfirmLink, makeRemoveEmail, makeSetEmail } from './email-address.ts';
import { makeFindSuppressions, makeLiftSuppression, makeListSuppressions } from './list-suppressions.ts';
import { makeOwnAddresses, makeForgetAddresses } from './own-addresses.ts';
import type { ChannelsPorts } from './ports.ts';
import { makePurgeAttempts } from './purge-attempts.ts';
import { makeTakeReport } from './take-report.ts';
import { makeFindReport } from './tell-reported.ts';
import { makeShowUnsubscribe, makeUnsubscribe } from './unsubscribe.ts';

/** How notifications leave the house: every use case over the same ports. */
export function makeChannels(ports: ChannelsPorts) {
  return {
    deliver: makeDeliver(ports),
    askToConfirm: makeAskToConfirm(ports),
    askAgain: makeAskAgain(ports),
    takeReport: makeTakeReport(ports),
    findReport: makeFindReport(ports),
    registerDevice: makeRegisterDevice(ports),
    listDevices: makeListDevices(ports),
    removeDevice: makeRemoveDevice(ports),
    vapidPublicKey: ports.vapidPublicKey,
    setEmail: makeSetEmail(ports),
    getEmail: makeGetEmail(ports),
    removeEmail: makeRemoveEmail(ports),
    readConfirmLink: makeReadConfirmLink(ports),
    confirmEmail: makeConfirmEmail(ports),
    showUnsubscribe: makeShowUnsubscribe(ports),
    unsubscribe: makeUnsubscribe(ports),
    listSuppressions: makeListSuppressions(ports),
    findSuppressions: makeFindSuppressions(ports),
    liftSuppression: makeLiftSuppression(ports),
    /** What is known of where someone is reached, for them. */
    ownAddresses: makeOwnAddresses(ports),
    /** Forgets where someone is reached. */
    forgetAddresses: makeForgetAddresses(ports),
    purgeAttempts: makePurgeAttempts(ports),
  };
}

export type ChannelsService = ReturnType<typeof makeChannels>;
