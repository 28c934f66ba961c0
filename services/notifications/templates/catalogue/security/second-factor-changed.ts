import type { Template } from '../../template.ts';
import { ADVICE } from './advice.ts';

export const securitySecondFactorChanged: Template = {
  channel: 'security',
  variables: { at: 'moment' },
  texts: {
    en: {
      title: 'Your two-step verification was changed',
      body: 'The two-step verification of your Tchat account was changed on {at, date, long} at {at, time, short}.',
      sms: 'Tchat: your two-step verification was changed, {at, date, medium} {at, time, short}. Not you? Contact us at once.',
      more: ADVICE.en,
    },
    th: {
      title: 'เปลี่ยนการยืนยันตัวตนขั้นที่สองแล้ว',
      body: 'การยืนยันตัวตนขั้นที่สองของบัญชี Tchat ถูกเปลี่ยนเมื่อวันที่ {at, date, long} เวลา {at, time, short} น.',
      sms: 'Tchat: การยืนยันขั้นที่สองถูกเปลี่ยน {at, date, medium} {at, time, short} น. ไม่ใช่คุณ? ติดต่อเราทันที',
      more: ADVICE.th,
    },
    id: {
      title: 'Verifikasi dua langkah Anda diganti',
      body: 'Verifikasi dua langkah akun Tchat Anda diganti pada {at, date, long} pukul {at, time, short}.',
      sms: 'Tchat: verifikasi dua langkah Anda diganti, {at, date, medium} {at, time, short}. Bukan Anda? Segera hubungi kami.',
      more: ADVICE.id,
    },
    ms: {
      title: 'Pengesahan dua langkah anda ditukar',
      body: 'Pengesahan dua langkah akaun Tchat anda ditukar pada {at, date, long}, {at, time, short}.',
      sms: 'Tchat: pengesahan dua langkah anda ditukar, {at, date, medium} {at, time, short}. Bukan anda? Hubungi kami segera.',
      more: ADVICE.ms,
    },
    fil: {
      title: 'Pinalitan ang iyong two-step verification',
      body: 'Pinalitan ang two-step verification ng iyong Tchat account noong {at, date, long}, {at, time, short}.',
      sms: 'Tchat: pinalitan ang iyong two-step verification, {at, date, medium} {at, time, short}. Hindi ikaw? Makipag-ugnayan agad sa amin.',
      more: ADVICE.fil,
    },
    vi: {
      title: 'Xác thực hai bước đã được đổi',
      body: 'Xác thực hai bước của tài khoản Tchat đã được đổi lúc {at, time, short} ngày {at, date, long}.',
      sms: 'Tchat: xac thuc hai buoc da duoc doi luc {at, time, short}, {at, date, medium}. Khong phai ban? Lien he voi chung toi ngay.',
      more: ADVICE.vi,
    },
  },
};
