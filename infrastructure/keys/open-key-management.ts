import type { Config } from '#infrastructure/config/settings.ts';
import type { KeyManagement } from '#shared/key-management.ts';
import { makeAwsKms } from './aws-kms.ts';
import { makeLocalKeys } from './local-keys.ts';
import { joinWrappingKeys } from './wrapping-keys.ts';

type KeySettings = Pick<
  Config,
  | 'KEY_MANAGEMENT'
  | 'MESSAGE_KEY'
  | 'KMS_URL'
  | 'KMS_REGION'
  | 'KMS_KEY_ID'
  | 'KMS_ACCESS_KEY_ID'
  | 'KMS_SECRET_ACCESS_KEY'
>;

/** Key management as the settings choose it. What the local keys have wrapped unwraps also after a change to KMS. */
export function openKeyManagement(config: KeySettings): KeyManagement {
  const local = makeLocalKeys(config.MESSAGE_KEY);
  const kms =
    config.KMS_KEY_ID === ''
      ? undefined
      : makeAwsKms({
          url: config.KMS_URL,
          region: config.KMS_REGION,
          keyId: config.KMS_KEY_ID,
          accessKeyId: config.KMS_ACCESS_KEY_ID,
          secretAccessKey: config.KMS_SECRET_ACCESS_KEY,
        });
  if (kms === undefined) return joinWrappingKeys(local);
  return config.KEY_MANAGEMENT === 'aws-kms' ? joinWrappingKeys(kms, local) : joinWrappingKeys(local, kms);
}
