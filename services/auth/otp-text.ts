import type { Country, Locale } from '#shared/regions.ts';
import { smsParts } from '#shared/sms-parts.ts';

type Words = {
  /** Names the brand, which Indonesia, Malaysia and Viet Nam ask for, and holds no link or number to call. */
  readonly text: (code: string) => string;
  /** The same in few words, for where a line for browsers must fit beside it. */
  readonly short: (code: string) => string;
  /** What is said by telephone; the code twice, because a listener writes. */
  readonly spoken: (code: string) => string;
};

/**
 * The words that carry a code, by language. All but Thai keep to GSM-7 and one part of 160 characters (so Vietnamese goes
 * without its accents); Thai is UCS-2 and keeps to one part of 70.
 */
const WORDS: Readonly<Record<Locale, Words>> = {
  en: {
    text: (code) => `Tchat: ${code} is your login code. It expires in 5 minutes. Do not share it with anyone.`,
    short: (code) => `Tchat: ${code} is your login code. Do not share it.`,
    spoken: (code) => `Your Tchat login code is ${code}. Again: ${code}. Do not share it with anyone.`,
  },
  th: {
    text: (code) => `Tchat: รหัสเข้าสู่ระบบคือ ${code} ใช้ได้ 5 นาที ห้ามบอกผู้อื่น`,
    short: (code) => `Tchat: รหัส ${code} ห้ามบอกผู้อื่น`,
    spoken: (code) => `รหัสเข้าสู่ระบบ Tchat คือ ${code} อีกครั้ง ${code} ห้ามบอกผู้อื่น`,
  },
  id: {
    text: (code) => `Tchat: ${code} adalah kode masuk Anda. Berlaku 5 menit. Jangan berikan kepada siapa pun.`,
    short: (code) => `Tchat: ${code} adalah kode masuk Anda. Jangan berikan.`,
    spoken: (code) => `Kode masuk Tchat Anda ${code}. Sekali lagi: ${code}. Jangan berikan kepada siapa pun.`,
  },
  ms: {
    text: (code) => `Tchat: ${code} ialah kod log masuk anda. Sah selama 5 minit. Jangan kongsi dengan sesiapa.`,
    short: (code) => `Tchat: ${code} ialah kod log masuk anda. Jangan kongsi.`,
    spoken: (code) => `Kod log masuk Tchat anda ialah ${code}. Sekali lagi: ${code}. Jangan kongsi dengan sesiapa.`,
  },
  fil: {
    text: (code) =>
      `Tchat: ${code} ang iyong login code. Mag-e-expire ito sa loob ng 5 minuto. Huwag ibahagi kaninuman.`,
    short: (code) => `Tchat: ${code} ang iyong login code. Huwag ibahagi.`,
    spoken: (code) => `Ang iyong Tchat login code ay ${code}. Uulitin ko: ${code}. Huwag ibahagi kaninuman.`,
  },
  vi: {
    text: (code) =>
      `Tchat: ${code} la ma dang nhap cua ban. Ma het han sau 5 phut. Khong chia se ma nay voi bat ky ai.`,
    short: (code) => `Tchat: ${code} la ma dang nhap cua ban. Khong chia se ma.`,
    spoken: (code) =>
      `Mã đăng nhập Tchat của bạn là ${code}. Xin nhắc lại: ${code}. Không chia sẻ mã này với bất kỳ ai.`,
  },
};

/** Texts to Malaysian numbers say first that they are free of charge. */
const PREFIXES: Readonly<Partial<Record<Country, string>>> = { MY: 'RM0 ' };

/**
 * Where a line with the name of a host would be taken for a link: Malaysia forbids links in texts, and the Philippines
 * block them. People there type the code. Thailand wants a host registered with the sender before it is named.
 */
const WITHOUT_BROWSER_LINE: ReadonlySet<Country> = new Set(['MY', 'PH']);

/**
 * The text for a code; the code is the only six-digit number in it.
 *
 * For one that was asked for in a browser the last line binds the code to the site (WICG, Origin-bound one-time codes
 * delivered via SMS), so that the browser fills it in there and nowhere else. It never makes a text longer than one part:
 * where it does not fit beside the words, fewer words are taken, and else it is left out.
 */
export function otpText(code: string, locale: Locale, country: Country, webHost?: string): string {
  const prefix = PREFIXES[country] ?? '';
  const { text, short } = WORDS[locale];
  const plain = prefix + text(code);
  if (webHost === undefined || WITHOUT_BROWSER_LINE.has(country)) return plain;
  const line = `\n\n@${webHost} #${code}`;
  const bound = [plain, prefix + short(code)].map((words) => words + line);
  return bound.find((candidate) => smsParts(candidate).parts === 1) ?? plain;
}

/** What a telephone call says. */
export function otpSpoken(code: string, locale: Locale): string {
  return WORDS[locale].spoken(code);
}

/**
 * The host that a code is bound to: of a browser's Origin, if it is one of ours and is one that browsers let codes be
 * bound to, which must be named and secure. An address in numbers or an insecure page gets the plain text.
 */
export function webHostOf(origin: string | undefined, webOrigins: readonly string[]): string | undefined {
  if (origin === undefined || !webOrigins.includes(origin) || !URL.canParse(origin)) return undefined;
  const { protocol, hostname } = new URL(origin);
  const isSecure = protocol === 'https:' || hostname === 'localhost';
  const isNamed = /[a-z]/.test(hostname) && !hostname.startsWith('[');
  return isSecure && isNamed ? hostname : undefined;
}
