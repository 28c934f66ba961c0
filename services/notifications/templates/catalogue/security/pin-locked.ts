import type { Template } from '../../template.ts';
import { ADVICE } from './advice.ts';

export const securityPinLocked: Template = {
  channel: 'security',
  variables: { at: 'moment' },
  texts: {
    en: {
      title: 'Your PIN is locked for an hour',
      body: 'A wrong PIN was entered five times, the last on {at, date, long} at {at, time, short}. You can try again in an hour.',
      sms: 'Tchat: your PIN is locked for an hour after five wrong tries, {at, date, medium} {at, time, short}.',
      more: ADVICE.en,
    },
    th: {
      title: 'PIN ถูกล็อก 1 ชั่วโมง',
      body: 'มีการใส่ PIN ผิด 5 ครั้ง ครั้งล่าสุดวันที่ {at, date, long} เวลา {at, time, short} น. ลองใหม่ได้ในอีก 1 ชั่วโมง',
      sms: 'Tchat: PIN ถูกล็อก 1 ชั่วโมง เพราะใส่ผิด 5 ครั้ง {at, date, medium} {at, time, short} น.',
      more: ADVICE.th,
    },
    id: {
      title: 'PIN Anda terkunci selama satu jam',
      body: 'PIN yang salah dimasukkan lima kali, terakhir pada {at, date, long} pukul {at, time, short}. Silakan coba lagi dalam satu jam.',
      sms: 'Tchat: PIN Anda terkunci selama satu jam setelah lima kali salah, {at, date, medium} {at, time, short}.',
      more: ADVICE.id,
    },
    ms: {
      title: 'PIN anda dikunci selama sejam',
      body: 'PIN yang salah dimasukkan lima kali, kali terakhir pada {at, date, long}, {at, time, short}. Sila cuba lagi selepas sejam.',
      sms: 'Tchat: PIN anda dikunci selama sejam selepas lima cubaan yang salah, {at, date, medium} {at, time, short}.',
      more: ADVICE.ms,
    },
    fil: {
      title: 'Naka-lock ang iyong PIN nang isang oras',
      body: 'Limang beses na mali ang inilagay na PIN, ang huli noong {at, date, long}, {at, time, short}. Subukan ulit pagkalipas ng isang oras.',
      sms: 'Tchat: naka-lock ang iyong PIN nang isang oras matapos ang limang maling subok, {at, date, medium} {at, time, short}.',
      more: ADVICE.fil,
    },
    vi: {
      title: 'Mã PIN bị khóa trong một giờ',
      body: 'Mã PIN đã bị nhập sai năm lần, lần cuối lúc {at, time, short} ngày {at, date, long}. Bạn có thể thử lại sau một giờ.',
      sms: 'Tchat: ma PIN bi khoa mot gio sau nam lan nhap sai, {at, time, short}, {at, date, medium}.',
      more: ADVICE.vi,
    },
  },
};
