import { join } from 'node:path';
import type { Config } from '#infrastructure/config/settings.ts';
import type { MediaStore, MediaStores } from '#services/media/ports.ts';
import { REGIONS, type Region } from '#shared/regions.ts';
import { makeDiskStore } from './disk-store.ts';
import { makeS3Store } from './s3-store.ts';

type MediaConfig = Pick<
  Config,
  | 'MEDIA_STORE'
  | 'MEDIA_DIR'
  | 'MEDIA_S3_URL'
  | 'REGION_MEDIA_S3_URLS'
  | 'MEDIA_S3_REGION'
  | 'MEDIA_S3_ACCESS_KEY_ID'
  | 'MEDIA_S3_SECRET_ACCESS_KEY'
>;

/** The store of each region, as the settings name it: a folder or a prefix of its own, in a bucket of its own if given. */
export function makeMediaStores(config: MediaConfig): MediaStores {
  const buckets = new Map(config.REGION_MEDIA_S3_URLS.map((pair) => [pair.slice(0, 2), pair.slice(3)]));
  const storeOf = (region: Region): MediaStore => {
    const prefix = region.toLowerCase();
    if (config.MEDIA_STORE === 'disk') return makeDiskStore(join(config.MEDIA_DIR, prefix));
    return makeS3Store({
      bucketUrl: (buckets.get(region) ?? config.MEDIA_S3_URL).replace(/\/$/, ''),
      accessKeyId: config.MEDIA_S3_ACCESS_KEY_ID,
      secretAccessKey: config.MEDIA_S3_SECRET_ACCESS_KEY,
      region: config.MEDIA_S3_REGION,
      prefix,
    });
  };
  const byRegion = new Map(REGIONS.map((region) => [region, storeOf(region)]));
  return { of: (region) => byRegion.get(region)! };
}
