import type { Caller } from '#shared/caller.ts';
import type { MediaType, Purpose } from '#shared/contracts/media.ts';
import { unreachable } from '#shared/errors.ts';
import type { MediaId, UserId } from '#shared/ids.ts';
import { DAY, HOUR, MINUTE } from '#shared/time.ts';
import type { ObjectKey } from './ports.ts';

/** What messages call their files. */
export type MessageKind = 'image' | 'video' | 'audio' | 'file';

/** An upload that was cut off, by a crash, is cleared away after this. */
export const UNFINISHED_AFTER_MS = HOUR;
/** A file for a message or an identity check that nothing shows is removed after this. */
export const UNUSED_AFTER_MS = DAY;
/** The domain's retention of media: one year after deletion. */
export const KEPT_AFTER_DELETION_MS = 365 * DAY;
/** A purge that was cut off is taken up again after this. */
export const PURGE_AGAIN_AFTER_MS = 10 * MINUTE;
/** Files of one sweep. */
export const SWEEP_BATCH_MAX = 100;
/** Messages that may show one file. Each keeps a link, and a reader's dialogs are gathered from all of them. */
export const MESSAGES_PER_FILE_MAX = 1_000;
/** Dialogs that one file can be sent to: each reader's membership is looked for among them. */
export const DIALOGS_PER_FILE_MAX = 100;

const PICTURES: ReadonlySet<MediaType> = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif']);

/** Whether a file of this type may be sent for this purpose. */
export function isTakenFor(purpose: Purpose, type: MediaType): boolean {
  switch (purpose) {
    case 'message':
      return true;
    case 'avatar':
    case 'product':
      return PICTURES.has(type);
    case 'kyc':
      // A moving picture is no copy of a document.
      return type === 'application/pdf' || (PICTURES.has(type) && type !== 'image/gif');
    default:
      return unreachable(purpose);
  }
}

/** Whether everyone may read it, logged in or not. Everything else rests encrypted. */
export function isPublic(purpose: Purpose): boolean {
  return purpose === 'avatar' || purpose === 'product';
}

/** What a file is to a message: anything may be sent as a file, the rest only as what it is. */
export function mayBeSentAs(kind: MessageKind, type: MediaType): boolean {
  return kind === 'file' || type.startsWith(`${kind}/`);
}

/**
 * Whether what a client says contradicts what is there. Only pictures, films and sounds are held to it, for a page that
 * shows one by its stated type could be misled; one kind of picture said to be another is a common slip.
 */
export function contradicts(stated: string | undefined, found: MediaType): boolean {
  const kind = /^\s*(image|video|audio)\//i.exec(stated ?? '')?.[1]?.toLowerCase();
  if (kind === undefined) return false;
  // Containers of films are also those of sounds, and are often called by either name.
  const isOf = (...kinds: string[]) => kinds.some((word) => found.startsWith(`${word}/`));
  return kind === 'image' ? !isOf('image') : !isOf('video', 'audio');
}

/** Who may read what, but for dialogs: `members` asks whether the caller is in one that it was sent to. */
export function readerOf(
  file: { readonly owner_id: UserId; readonly purpose: Purpose },
  caller: Pick<Caller, 'userId' | 'role'>,
): 'may' | 'members' | 'no' {
  if (isPublic(file.purpose) || file.owner_id === caller.userId) return 'may';
  if (file.purpose === 'message') return 'members';
  return caller.role === 'ops' ? 'may' : 'no';
}

/** How long answers may be kept, by whom. A file never changes; who may read it does. */
export function cacheControl(purpose: Purpose): string {
  if (isPublic(purpose)) return 'public, max-age=86400, immutable';
  // Kept by the reader alone and asked about each time, for they may have left the dialog.
  return purpose === 'message' ? 'private, no-cache' : 'private, no-store';
}

/** Film and sound can be sought in. */
export function isSeekable(type: MediaType): boolean {
  return type.startsWith('video/') || type.startsWith('audio/');
}

const EXTENSIONS: Readonly<Record<MediaType, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'audio/ogg': 'ogg',
  'audio/webm': 'weba',
  'audio/wav': 'wav',
  'application/pdf': 'pdf',
  'text/plain': 'txt',
  'application/zip': 'zip',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/vnd.oasis.opendocument.presentation': 'odp',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
};

/** Pictures, films and sounds may be shown in a page; everything else is for saving. The name is ours, never a client's. */
export function contentDisposition(mediaId: MediaId, type: MediaType): string {
  const how = /^(image|video|audio)\//.test(type) ? 'inline' : 'attachment';
  return `${how}; filename="${mediaId}.${EXTENSIONS[type]}"`;
}

export function contentType(type: MediaType): string {
  return type === 'text/plain' ? 'text/plain; charset=utf-8' : type;
}

export function fileKey(mediaId: MediaId): ObjectKey {
  return mediaId as string as ObjectKey;
}

export function thumbKey(mediaId: MediaId): ObjectKey {
  return `${mediaId}.thumb` as ObjectKey;
}
