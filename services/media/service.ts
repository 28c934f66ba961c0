import { makeAttachMedia, makeKeepMedia } from './attach-media.ts';
import { makeDetachMedia, makeDetachPurged } from './detach-media.ts';
import { makeDeleteMedia } from './delete-media.ts';
import type { MediaPorts } from './ports.ts';
import { makeReadMedia } from './read-media.ts';
import { makeRewrapKeys } from './rewrap-keys.ts';
import { makeSweepMedia } from './sweep-media.ts';
import { makeUploadMedia } from './upload-media.ts';

/** Files that people send: every use case over the same ports. */
export function makeMedia(ports: MediaPorts) {
  return {
    upload: makeUploadMedia(ports),
    read: makeReadMedia(ports),
    attach: makeAttachMedia(ports),
    detach: makeDetachMedia(ports),
    detachPurged: makeDetachPurged(ports),
    keep: makeKeepMedia(ports),
    delete: makeDeleteMedia(ports),
    sweep: makeSweepMedia(ports),
    rewrapKeys: makeRewrapKeys(ports),
  };
}

export type MediaService = ReturnType<typeof makeMedia>;
