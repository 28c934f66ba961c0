import type { Template } from '../../template.ts';
import { ADVICE } from './advice.ts';

export const securityPinChanged: Template = {
  channel: 'security',
  variables: { at: 'moment' },
  texts: {
    en: {
      title: 'Your PIN was changed',
      body: 'The PIN of your Tchat account was changed on {at, date, long} at {at, time, short}.',
      sms: 'Tchat: your PIN was changed, {at, date, medium} {at, time, short}. Not you? Open Tchat and contact us at once.',
      more: ADVICE.en,
    },
    th: {
      title: 'เปลี่ยน PIN แล้ว',
      body: 'PIN ของบัญชี Tchat ถูกเปลี่ยนเมื่อวันที่ {at, date, long} เวลา {at, time, short} น.',
      sms: 'Tchat: PIN ถูกเปลี่ยน {at, date, medium} {at, time, short} น. ไม่ใช่คุณ? เปิดแอปแล้วติดต่อเราทันที',
      more: ADVICE.th,
    },
    id: {
      title: 'PIN Anda telah diganti',
      body: 'PIN akun Tchat Anda diganti pada {at, date, long} pukul {at, time, short}.',
      sms: 'Tchat: PIN Anda diganti, {at, date, medium} {at, time, short}. Bukan Anda? Buka Tchat dan segera hubungi kami.',
      more: ADVICE.id,
    },
    ms: {
      title: 'PIN anda telah ditukar',
      body: 'PIN akaun Tchat anda ditukar pada {at, date, long}, {at, time, short}.',
      sms: 'Tchat: PIN anda ditukar, {at, date, medium} {at, time, short}. Bukan anda? Buka Tchat dan hubungi kami segera.',
      more: ADVICE.ms,
    },
    fil: {
      title: 'Pinalitan ang iyong PIN',
      body: 'Pinalitan ang PIN ng iyong Tchat account noong {at, date, long}, {at, time, short}.',
      sms: 'Tchat: pinalitan ang iyong PIN, {at, date, medium} {at, time, short}. Hindi ikaw? Buksan ang Tchat at makipag-ugnayan agad sa amin.',
      more: ADVICE.fil,
    },
    vi: {
      title: 'Mã PIN đã được đổi',
      body: 'Mã PIN của tài khoản Tchat đã được đổi lúc {at, time, short} ngày {at, date, long}.',
      sms: 'Tchat: ma PIN da duoc doi luc {at, time, short}, {at, date, medium}. Khong phai ban? Mo Tchat va lien he voi chung toi ngay.',
      more: ADVICE.vi,
    },
  },
};
