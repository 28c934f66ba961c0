import type { Template } from '../../template.ts';
import { ADVICE } from './advice.ts';

export const securityNewDevice: Template = {
  channel: 'security',
  variables: { device: 'name', at: 'moment' },
  texts: {
    en: {
      title: 'New login to your account',
      body: 'Your Tchat account was opened on {device} on {at, date, long} at {at, time, short}.',
      sms: 'Tchat: new login on {device}, {at, date, medium} {at, time, short}. Not you? Open Tchat and end all sessions.',
      more: ADVICE.en,
    },
    th: {
      title: 'มีการเข้าสู่ระบบใหม่',
      body: 'บัญชี Tchat ของคุณถูกเข้าใช้บน {device} เมื่อวันที่ {at, date, long} เวลา {at, time, short} น.',
      sms: 'Tchat: เข้าสู่ระบบบน {device} {at, date, medium} {at, time, short} น. ไม่ใช่คุณ? เปิดแอปแล้วออกจากทุกอุปกรณ์',
      more: ADVICE.th,
    },
    id: {
      title: 'Ada login baru ke akun Anda',
      body: 'Akun Tchat Anda dibuka di {device} pada {at, date, long} pukul {at, time, short}.',
      sms: 'Tchat: login baru di {device}, {at, date, medium} {at, time, short}. Bukan Anda? Buka Tchat dan keluarkan semua perangkat.',
      more: ADVICE.id,
    },
    ms: {
      title: 'Log masuk baharu ke akaun anda',
      body: 'Akaun Tchat anda dibuka pada {device} pada {at, date, long}, {at, time, short}.',
      sms: 'Tchat: log masuk baharu pada {device}, {at, date, medium} {at, time, short}. Bukan anda? Buka Tchat dan tamatkan semua sesi.',
      more: ADVICE.ms,
    },
    fil: {
      title: 'May bagong login sa iyong account',
      body: 'Binuksan ang iyong Tchat account sa {device} noong {at, date, long}, {at, time, short}.',
      sms: 'Tchat: bagong login sa {device}, {at, date, medium} {at, time, short}. Hindi ikaw? Buksan ang Tchat at tapusin ang lahat ng session.',
      more: ADVICE.fil,
    },
    vi: {
      title: 'Đăng nhập mới vào tài khoản',
      body: 'Tài khoản Tchat của bạn vừa được mở trên {device} lúc {at, time, short} ngày {at, date, long}.',
      sms: 'Tchat: dang nhap moi tren {device} luc {at, time, short}, {at, date, medium}. Khong phai ban? Mo Tchat va dang xuat moi thiet bi.',
      more: ADVICE.vi,
    },
  },
};
