/** Why an event was set aside although nothing is wrong with it: a newer build wrote it. */
export const VERSION_UNKNOWN = 'VERSION_UNKNOWN';

/**
 * An event from the future: a newer build has written it, in a version or of a type that this one does not know. Trying
 * again does not help and nobody is at fault: it is set aside at once, to be replayed after the upgrade.
 */
export class EventVersionUnknown extends Error {
  override readonly name = 'EventVersionUnknown';
  readonly code = VERSION_UNKNOWN;

  constructor(type: string, version: number) {
    super(`${VERSION_UNKNOWN}: ${type} version ${version} is not known to this build; replay it after the upgrade`);
  }
}
