import type { Answer } from '../../frame/endpoint.ts';

/** Infobip's API errors: a code of its own beside the HTTP status. */
export function infobipError(status: number, errorCode: string, description: string): Answer {
  return { status, body: { errorCode, description, action: 'Check the request', violations: [], resources: [] } };
}

export const unauthorized = infobipError(401, 'E401', 'Unauthorized');
export const notFound = infobipError(404, 'E404', 'Resource not found');
export const internalError = infobipError(500, 'E500', 'Internal server error');
