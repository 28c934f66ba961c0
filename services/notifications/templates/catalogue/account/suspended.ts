import type { Template } from '../../template.ts';

export const accountSuspended: Template = {
  channel: 'account',
  variables: { 'reason?': 'words' },
  texts: {
    en: {
      title: 'Your account is suspended',
      body: 'Your Tchat account is suspended.{has_reason, select, yes { Reason: {reason}} other {}} You can appeal in the app.',
      sms: 'Tchat: your account is suspended. Open the app to see why and to appeal.',
    },
    th: {
      title: 'บัญชีถูกระงับ',
      body: 'บัญชี Tchat ของคุณถูกระงับ{has_reason, select, yes { เหตุผล: {reason}} other {}} คุณยื่นอุทธรณ์ได้ในแอป',
      sms: 'Tchat: บัญชีของคุณถูกระงับ เปิดแอปเพื่อดูเหตุผลและยื่นอุทธรณ์',
    },
    id: {
      title: 'Akun Anda ditangguhkan',
      body: 'Akun Tchat Anda ditangguhkan.{has_reason, select, yes { Alasan: {reason}} other {}} Anda dapat mengajukan banding di aplikasi.',
      sms: 'Tchat: akun Anda ditangguhkan. Buka aplikasi untuk melihat alasannya dan mengajukan banding.',
    },
    ms: {
      title: 'Akaun anda digantung',
      body: 'Akaun Tchat anda digantung.{has_reason, select, yes { Sebab: {reason}} other {}} Anda boleh membuat rayuan dalam aplikasi.',
      sms: 'Tchat: akaun anda digantung. Buka aplikasi untuk melihat sebabnya dan membuat rayuan.',
    },
    fil: {
      title: 'Suspendido ang iyong account',
      body: 'Suspendido ang iyong Tchat account.{has_reason, select, yes { Dahilan: {reason}} other {}} Maaari kang umapela sa app.',
      sms: 'Tchat: suspendido ang iyong account. Buksan ang app para makita ang dahilan at umapela.',
    },
    vi: {
      title: 'Tài khoản bị tạm khóa',
      body: 'Tài khoản Tchat của bạn bị tạm khóa.{has_reason, select, yes { Lý do: {reason}} other {}} Bạn có thể khiếu nại trong ứng dụng.',
      sms: 'Tchat: tai khoan cua ban bi tam khoa. Mo ung dung de xem ly do va khieu nai.',
    },
  },
};
