import type { Template } from '../../template.ts';
import { ADVICE } from './advice.ts';

export const securityPhoneChanged: Template = {
  channel: 'security',
  variables: { at: 'moment' },
  texts: {
    en: {
      title: 'Your phone number was changed',
      body: 'The phone number of your Tchat account was changed on {at, date, long} at {at, time, short}.',
      sms: 'Tchat: the phone number of your account was changed, {at, date, medium} {at, time, short}. Not you? Contact us at once.',
      more: ADVICE.en,
    },
    th: {
      title: 'เปลี่ยนหมายเลขโทรศัพท์แล้ว',
      body: 'หมายเลขโทรศัพท์ของบัญชี Tchat ถูกเปลี่ยนเมื่อวันที่ {at, date, long} เวลา {at, time, short} น.',
      sms: 'Tchat: เบอร์โทรของบัญชีถูกเปลี่ยน {at, date, medium} {at, time, short} น. ไม่ใช่คุณ? ติดต่อเราทันที',
      more: ADVICE.th,
    },
    id: {
      title: 'Nomor ponsel Anda telah diganti',
      body: 'Nomor ponsel akun Tchat Anda diganti pada {at, date, long} pukul {at, time, short}.',
      sms: 'Tchat: nomor ponsel akun Anda diganti, {at, date, medium} {at, time, short}. Bukan Anda? Segera hubungi kami.',
      more: ADVICE.id,
    },
    ms: {
      title: 'Nombor telefon anda telah ditukar',
      body: 'Nombor telefon akaun Tchat anda ditukar pada {at, date, long}, {at, time, short}.',
      sms: 'Tchat: nombor telefon akaun anda ditukar, {at, date, medium} {at, time, short}. Bukan anda? Hubungi kami segera.',
      more: ADVICE.ms,
    },
    fil: {
      title: 'Pinalitan ang iyong phone number',
      body: 'Pinalitan ang phone number ng iyong Tchat account noong {at, date, long}, {at, time, short}.',
      sms: 'Tchat: pinalitan ang phone number ng account mo, {at, date, medium} {at, time, short}. Hindi ikaw? Makipag-ugnayan agad sa amin.',
      more: ADVICE.fil,
    },
    vi: {
      title: 'Số điện thoại đã được đổi',
      body: 'Số điện thoại của tài khoản Tchat đã được đổi lúc {at, time, short} ngày {at, date, long}.',
      sms: 'Tchat: so dien thoai cua tai khoan da duoc doi luc {at, time, short}, {at, date, medium}. Khong phai ban? Lien he voi chung toi ngay.',
      more: ADVICE.vi,
    },
  },
};
