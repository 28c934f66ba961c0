import { getMedia, uploadMedia } from '#shared/contracts/media.ts';
import { handle, type Route } from '#shared/http/call.ts';
import type { MediaService } from './service.ts';

/** The HTTP calls of media. */
export function mediaRoutes(media: MediaService): Route[] {
  return [
    handle(uploadMedia, async ({ caller, query, body, facts }) => {
      const upload = { purpose: query.purpose, bytes: body, statedType: facts.headers['content-type'] };
      const stored = await media.upload(caller, upload, facts.idempotency);
      return { status: 201, body: stored, headers: { Location: stored.url } };
    }),
    handle(getMedia, async ({ caller, params, query, facts }) => {
      const answer = await media.read(caller, params.id, {
        variant: query.variant,
        range: facts.headers['range'],
        ifRange: facts.headers['if-range'],
        ifNoneMatch: facts.headers['if-none-match'],
      });
      return answer.status === 304 ? { ...answer, body: undefined } : answer;
    }),
  ];
}
