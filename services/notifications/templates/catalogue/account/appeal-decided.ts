import type { Template } from '../../template.ts';

export const accountAppealDecided: Template = {
  channel: 'account',
  variables: { accepted: 'yes_no' },
  texts: {
    en: {
      title: 'Your appeal was decided',
      body: '{accepted, select, yes {We accepted your appeal. You can use your account again.} other {We reviewed your appeal, and the suspension stays in place.}}',
      sms: 'Tchat: {accepted, select, yes {we accepted your appeal. You can use your account again.} other {we reviewed your appeal, and the suspension stays in place.}}',
    },
    th: {
      title: 'ผลการอุทธรณ์',
      body: '{accepted, select, yes {เรารับคำอุทธรณ์ของคุณ คุณใช้บัญชีได้อีกครั้ง} other {เราพิจารณาคำอุทธรณ์แล้ว และยังคงระงับบัญชี}}',
      sms: 'Tchat: {accepted, select, yes {เรารับคำอุทธรณ์ของคุณ คุณใช้บัญชีได้อีกครั้ง} other {เราพิจารณาคำอุทธรณ์แล้ว และยังคงระงับบัญชี}}',
    },
    id: {
      title: 'Banding Anda telah diputuskan',
      body: '{accepted, select, yes {Banding Anda diterima. Anda dapat menggunakan akun Anda kembali.} other {Kami telah meninjau banding Anda, dan penangguhan tetap berlaku.}}',
      sms: 'Tchat: {accepted, select, yes {banding Anda diterima. Anda dapat menggunakan akun Anda kembali.} other {kami telah meninjau banding Anda, dan penangguhan tetap berlaku.}}',
    },
    ms: {
      title: 'Rayuan anda telah diputuskan',
      body: '{accepted, select, yes {Rayuan anda diterima. Anda boleh menggunakan akaun anda semula.} other {Kami telah menyemak rayuan anda, dan penggantungan kekal.}}',
      sms: 'Tchat: {accepted, select, yes {rayuan anda diterima. Anda boleh menggunakan akaun anda semula.} other {kami telah menyemak rayuan anda, dan penggantungan kekal.}}',
    },
    fil: {
      title: 'May desisyon na sa iyong apela',
      body: '{accepted, select, yes {Tinanggap ang iyong apela. Magagamit mo na ulit ang iyong account.} other {Sinuri namin ang iyong apela, at mananatili ang suspensyon.}}',
      sms: 'Tchat: {accepted, select, yes {tinanggap ang iyong apela. Magagamit mo na ulit ang iyong account.} other {sinuri namin ang iyong apela, at mananatili ang suspensyon.}}',
    },
    vi: {
      title: 'Khiếu nại đã được giải quyết',
      body: '{accepted, select, yes {Khiếu nại của bạn được chấp nhận. Bạn có thể sử dụng lại tài khoản.} other {Chúng tôi đã xem xét khiếu nại và giữ nguyên việc tạm khóa.}}',
      sms: 'Tchat: {accepted, select, yes {khieu nai cua ban duoc chap nhan. Ban co the su dung lai tai khoan.} other {chung toi da xem xet khieu nai va giu nguyen viec tam khoa.}}',
    },
  },
};
