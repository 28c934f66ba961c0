import type { Template } from '../../template.ts';
import { ADVICE } from './advice.ts';

export const securityPhoneChanged: Template = {
  channel: 'security',
  variables: { at: 'moment' },
  texts: {
    en: {
      title: 'Your phone number was changed',
      body: 'Your Tchat account has had another phone number since {at, date, long}, {at, time, short}.',
      sms: 'Tchat: your account has another phone number since {at, date, medium} {at, time, short}. Not you? Contact us at once.',
      more: ADVICE.en,
    },
    th: {
      title: 'เปลี่ยนหมายเลขโทรศัพท์แล้ว',
      body: 'บัญชี Tchat ของคุณใช้หมายเลขโทรศัพท์ใหม่ตั้งแต่วันที่ {at, date, long} เวลา {at, time, short} น.',
      sms: 'Tchat: บัญชีใช้เบอร์ใหม่ตั้งแต่ {at, date, medium} {at, time, short} น. ไม่ใช่คุณ? ติดต่อเราทันที',
      more: ADVICE.th,
    },
    id: {
      title: 'Nomor ponsel Anda telah diganti',
      body: 'Akun Tchat Anda memakai nomor ponsel lain sejak {at, date, long} pukul {at, time, short}.',
      sms: 'Tchat: akun Anda memakai nomor lain sejak {at, date, medium} {at, time, short}. Bukan Anda? Segera hubungi kami.',
      more: ADVICE.id,
    },
    ms: {
      title: 'Nombor telefon anda telah ditukar',
      body: 'Akaun Tchat anda menggunakan nombor telefon lain sejak {at, date, long}, {at, time, short}.',
      sms: 'Tchat: akaun anda menggunakan nombor lain sejak {at, date, medium} {at, time, short}. Bukan anda? Hubungi kami segera.',
      more: ADVICE.ms,
    },
    fil: {
      title: 'Pinalitan ang iyong phone number',
      body: 'Iba na ang phone number ng iyong Tchat account mula noong {at, date, long}, {at, time, short}.',
      sms: 'Tchat: iba na ang phone number ng account mo mula {at, date, medium} {at, time, short}. Hindi ikaw? Makipag-ugnayan agad sa amin.',
      more: ADVICE.fil,
    },
    vi: {
      title: 'Số điện thoại đã được đổi',
      body: 'Tài khoản Tchat của bạn dùng số điện thoại khác từ {at, time, short} ngày {at, date, long}.',
      sms: 'Tchat: tai khoan dung so dien thoai khac tu {at, time, short}, {at, date, medium}. Khong phai ban? Lien he voi chung toi ngay.',
      more: ADVICE.vi,
    },
  },
};
