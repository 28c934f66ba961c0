import type { Template } from '../../template.ts';

export const accountRestored: Template = {
  channel: 'account',
  variables: {},
  texts: {
    en: {
      title: 'Your account is back',
      body: 'Your Tchat account can be used again. Welcome back.',
      sms: 'Tchat: your account can be used again. Welcome back.',
    },
    th: {
      title: 'บัญชีใช้งานได้อีกครั้ง',
      body: 'บัญชี Tchat ของคุณใช้งานได้อีกครั้ง ยินดีต้อนรับกลับมา',
      sms: 'Tchat: บัญชีของคุณใช้งานได้อีกครั้ง ยินดีต้อนรับกลับมา',
    },
    id: {
      title: 'Akun Anda aktif kembali',
      body: 'Akun Tchat Anda dapat digunakan kembali. Selamat datang kembali.',
      sms: 'Tchat: akun Anda dapat digunakan kembali. Selamat datang kembali.',
    },
    ms: {
      title: 'Akaun anda aktif semula',
      body: 'Akaun Tchat anda boleh digunakan semula. Selamat kembali.',
      sms: 'Tchat: akaun anda boleh digunakan semula. Selamat kembali.',
    },
    fil: {
      title: 'Balik na ang iyong account',
      body: 'Magagamit mo na ulit ang iyong Tchat account. Maligayang pagbabalik.',
      sms: 'Tchat: magagamit mo na ulit ang iyong account. Maligayang pagbabalik.',
    },
    vi: {
      title: 'Tài khoản đã được khôi phục',
      body: 'Tài khoản Tchat của bạn đã có thể sử dụng lại. Chào mừng bạn trở lại.',
      sms: 'Tchat: tai khoan cua ban da co the su dung lai. Chao mung ban tro lai.',
    },
  },
};
