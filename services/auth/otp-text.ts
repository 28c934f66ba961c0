import type { Country, Locale } from '#shared/regions.ts';

/**
 * The text that carries a code, by language. Each names the brand, which Indonesia, Malaysia and Viet Nam ask for, and
 * holds no link or call-back number, which Malaysia forbids. All but Thai keep to GSM-7 and one part of 160 characters
 * (so Vietnamese goes without its accents); Thai is UCS-2 and keeps to one part of 70.
 */
const TEXTS: Readonly<Record<Locale, (code: string) => string>> = {
  en: (code) => `Tchat: ${code} is your login code. It expires in 5 minutes. Do not share it with anyone.`,
  th: (code) => `Tchat: รหัสเข้าสู่ระบบคือ ${code} ใช้ได้ 5 นาที ห้ามบอกผู้อื่น`,
  id: (code) => `Tchat: ${code} adalah kode masuk Anda. Berlaku 5 menit. Jangan berikan kepada siapa pun.`,
  ms: (code) => `Tchat: ${code} ialah kod log masuk anda. Sah selama 5 minit. Jangan kongsi dengan sesiapa.`,
  fil: (code) => `Tchat: ${code} ang iyong login code. Mag-e-expire ito sa loob ng 5 minuto. Huwag ibahagi kaninuman.`,
  vi: (code) => `Tchat: ${code} la ma dang nhap cua ban. Ma het han sau 5 phut. Khong chia se ma nay voi bat ky ai.`,
};

/** Texts to Malaysian numbers say first that they are free of charge. */
const PREFIXES: Readonly<Partial<Record<Country, string>>> = { MY: 'RM0 ' };

/** The text for a code; the code is the only six-digit number in it. */
export function otpText(code: string, locale: Locale, country: Country): string {
  return (PREFIXES[country] ?? '') + TEXTS[locale](code);
}
