import type { Template } from '../../template.ts';
import { ADVICE } from './advice.ts';

export const securityEmailChanged: Template = {
  channel: 'security',
  variables: { at: 'moment' },
  texts: {
    en: {
      title: 'Your e-mail address was changed',
      body: 'The e-mail address of your Tchat account was changed or removed on {at, date, long} at {at, time, short}.',
      sms: 'Tchat: the e-mail address of your account was changed, {at, date, medium} {at, time, short}. Not you? Contact us at once.',
      more: ADVICE.en,
    },
    th: {
      title: 'เปลี่ยนอีเมลแล้ว',
      body: 'อีเมลของบัญชี Tchat ถูกเปลี่ยนหรือลบเมื่อวันที่ {at, date, long} เวลา {at, time, short} น.',
      sms: 'Tchat: อีเมลของบัญชีถูกเปลี่ยน {at, date, medium} {at, time, short} น. ไม่ใช่คุณ? ติดต่อเราทันที',
      more: ADVICE.th,
    },
    id: {
      title: 'Alamat email Anda telah diganti',
      body: 'Alamat email akun Tchat Anda diganti atau dihapus pada {at, date, long} pukul {at, time, short}.',
      sms: 'Tchat: alamat email akun Anda diganti, {at, date, medium} {at, time, short}. Bukan Anda? Segera hubungi kami.',
      more: ADVICE.id,
    },
    ms: {
      title: 'Alamat e-mel anda telah ditukar',
      body: 'Alamat e-mel akaun Tchat anda ditukar atau dibuang pada {at, date, long}, {at, time, short}.',
      sms: 'Tchat: alamat e-mel akaun anda ditukar, {at, date, medium} {at, time, short}. Bukan anda? Hubungi kami segera.',
      more: ADVICE.ms,
    },
    fil: {
      title: 'Pinalitan ang iyong email address',
      body: 'Pinalitan o inalis ang email address ng iyong Tchat account noong {at, date, long}, {at, time, short}.',
      sms: 'Tchat: pinalitan ang email address ng account mo, {at, date, medium} {at, time, short}. Hindi ikaw? Makipag-ugnayan agad sa amin.',
      more: ADVICE.fil,
    },
    vi: {
      title: 'Địa chỉ email đã được đổi',
      body: 'Địa chỉ email của tài khoản Tchat đã được đổi hoặc xóa lúc {at, time, short} ngày {at, date, long}.',
      sms: 'Tchat: dia chi email cua tai khoan da duoc doi luc {at, time, short}, {at, date, medium}. Khong phai ban? Lien he voi chung toi ngay.',
      more: ADVICE.vi,
    },
  },
};
