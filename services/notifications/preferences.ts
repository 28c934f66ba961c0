import type { Caller } from '#shared/caller.ts';
import {
  NOTIFICATION_CHANNELS,
  NOTIFICATION_TYPES,
  type NotificationChannel,
  type NotificationType,
} from '#shared/contracts/notifications/notification.ts';
import type { Preferences, PreferencesBody } from '#shared/contracts/notifications/preferences.ts';
import { invalid } from '#shared/errors.ts';
import { regionOf, type UserId } from '#shared/ids.ts';
import type { NotificationsPorts } from './ports.ts';
import {
  type Choices,
  findPreferences,
  lockPreferences,
  type PreferencesRow,
  savePreferences,
} from './store/preferences.ts';

/** What someone wants who has said nothing: everything but announcements, which wait for consent. */
export const BEGINNING: Omit<PreferencesRow, 'user_id' | 'updated_at'> = {
  choices: {},
  quiet_from: null,
  quiet_to: null,
  digest: 'bundled',
  has_consent: false,
  consent_said_at: null,
};

/** Whether a way is on for a channel, consent aside. */
export function isOn(choices: Choices, channel: NotificationChannel, type: NotificationType): boolean {
  if (channel === 'security' && type === 'in_app') return true;
  return choices[channel]?.[type] ?? true;
}

type Ports = Pick<NotificationsPorts, 'databases' | 'outbox' | 'recipients' | 'clock'>;

export function makeGetPreferences({ databases, recipients }: Pick<Ports, 'databases' | 'recipients'>) {
  return async (caller: Caller): Promise<Preferences> => {
    const row = await findPreferences(databases.of(caller.country), caller.userId);
    return viewOf(row, await zoneOf(recipients, caller));
  };
}

/**
 * Takes over what the caller says and leaves the rest. Consent is kept with the moment at which it was given or withdrawn,
 * and both are audited: laws on marketing ask for the proof.
 *
 * @throws {AppError} VALIDATION_ERROR when security is to be switched off in the inbox
 */
export function makePutPreferences({ databases, outbox, recipients, clock }: Ports) {
  return async (caller: Caller, body: PreferencesBody): Promise<Preferences> => {
    if (body.channels?.security?.in_app === false) {
      throw invalid('channels.security.in_app', 'must stay on: it is where you learn of what happens to your account');
    }
    const row = await databases.of(caller.country).transaction(async (tx) => {
      const before = await lockPreferences(tx, caller.userId);
      const after = changed(before, body, clock());
      const saved = await savePreferences(tx, { ...after, user_id: caller.userId });
      const saidAnew = body.marketing_consent !== undefined && body.marketing_consent !== before.has_consent;
      if (saidAnew) {
        await outbox.append(tx, {
          audit: [
            {
              actor: caller.userId,
              action: body.marketing_consent ? 'notifications.consent_given' : 'notifications.consent_withdrawn',
              subject: caller.userId,
              region: caller.country,
              outcome: 'ok',
            },
          ],
        });
      }
      return saved;
    });
    return viewOf(row, await zoneOf(recipients, caller));
  };
}

/** Switches a way off for a channel, as someone who follows a link in a mail wants; once more changes nothing. */
export function makeSwitchOff({ databases, clock }: Pick<Ports, 'databases' | 'clock'>) {
  return async (userId: UserId, channel: NotificationChannel, type: 'email' | 'sms'): Promise<void> => {
    await databases.of(regionOf(userId)).transaction(async (tx) => {
      const before = await lockPreferences(tx, userId);
      if (!isOn(before.choices, channel, type)) return;
      const body = { channels: { [channel]: { [type]: false } } };
      await savePreferences(tx, { ...changed(before, body, clock()), user_id: userId });
    });
  };
}

function changed(before: typeof BEGINNING, body: PreferencesBody, at: Date) {
  const choices: Record<string, Choices[NotificationChannel]> = { ...before.choices };
  for (const channel of NOTIFICATION_CHANNELS) {
    const said = body.channels?.[channel];
    if (said !== undefined) choices[channel] = { ...choices[channel], ...said };
  }
  const quiet = body.quiet_hours;
  const consent = body.marketing_consent;
  const isAnew = consent !== undefined && (consent !== before.has_consent || before.consent_said_at === null);
  return {
    choices,
    quiet_from: quiet === undefined ? before.quiet_from : (quiet?.from ?? null),
    quiet_to: quiet === undefined ? before.quiet_to : (quiet?.to ?? null),
    digest: body.digest ?? before.digest,
    has_consent: consent ?? before.has_consent,
    consent_said_at: isAnew ? at : before.consent_said_at,
    updated_at: at,
  };
}

async function zoneOf(recipients: Ports['recipients'], { userId }: Caller): Promise<string> {
  return (await recipients.find([userId])).get(userId)?.timezone ?? 'UTC';
}

function viewOf(row: Omit<PreferencesRow, 'user_id'> | undefined, timezone: string): Preferences {
  const { choices, quiet_from: from, quiet_to: to, digest, has_consent, consent_said_at } = row ?? BEGINNING;
  const channels = Object.fromEntries(
    NOTIFICATION_CHANNELS.map((channel) => [
      channel,
      Object.fromEntries(NOTIFICATION_TYPES.map((type) => [type, isOn(choices, channel, type)])),
    ]),
  ) as Preferences['channels'];
  return {
    channels,
    quiet_hours: from === null || to === null ? null : { from, to, timezone },
    marketing_consent: { given: has_consent, at: consent_said_at?.toISOString() ?? null },
    digest,
    updated_at: row?.updated_at.toISOString() ?? null,
  };
}
