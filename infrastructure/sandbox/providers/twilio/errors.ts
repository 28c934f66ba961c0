import type { Answer } from '../../frame/endpoint.ts';

/** Twilio's error codes that we emulate, with the HTTP status and the words it uses. */
const ERRORS = {
  20003: { status: 401, message: 'Authenticate' },
  20404: { status: 404, message: 'The requested resource was not found' },
  20500: { status: 500, message: 'An internal server error has occurred' },
  21201: { status: 400, message: "No 'To' number specified" },
  21205: { status: 400, message: 'Url parameter is required.' },
  21211: { status: 400, message: "Invalid 'To' Phone Number" },
  21213: { status: 400, message: "'From' phone number is required" },
  21602: { status: 400, message: 'Message body is required.' },
  21603: { status: 400, message: "A 'From' phone number or 'MessagingServiceSid' is required." },
  21604: { status: 400, message: "A 'To' phone number is required." },
  21610: { status: 400, message: 'Attempt to send to unsubscribed recipient' },
  21609: { status: 400, message: "The 'StatusCallback' URL is not a valid URL." },
  21614: { status: 400, message: "'To' number is not a valid mobile number" },
  21617: { status: 400, message: 'The concatenated message body exceeds the 1600 character limit' },
} as const;

export function twilioError(code: keyof typeof ERRORS): Answer {
  const { status, message } = ERRORS[code];
  return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } };
}
