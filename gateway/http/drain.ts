import { SECOND } from '#shared/time.ts';

/**
 * How long a server that was told to stop goes on taking requests, unready, so that whoever sends them to it can learn
 * of it: load balancers and gateways ask every two seconds in production; elsewhere clients on kept connections only.
 */
export function drainNoticeMs(profile: 'development' | 'test' | 'production'): number {
  return profile === 'production' ? 5 * SECOND : SECOND / 4;
}
