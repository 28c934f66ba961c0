import type { Template } from '../../template.ts';

export const paymentsWalletUnfrozen: Template = {
  channel: 'payments',
  variables: { currency: 'reference' },
  texts: {
    en: {
      title: 'Your {currency} wallet is open again',
      body: 'You can use your {currency} wallet as before. Thank you for your patience.',
      sms: 'Tchat: you can use your {currency} wallet again.',
    },
    th: {
      title: 'วอลเล็ต {currency} ของคุณใช้งานได้แล้ว',
      body: 'คุณใช้วอลเล็ต {currency} ได้ตามเดิมแล้ว ขอบคุณที่รอ',
      sms: 'Tchat: วอลเล็ต {currency} ของคุณใช้งานได้แล้ว',
    },
    id: {
      title: 'Dompet {currency} Anda aktif kembali',
      body: 'Anda dapat memakai dompet {currency} seperti biasa. Terima kasih atas kesabaran Anda.',
      sms: 'Tchat: dompet {currency} Anda aktif kembali.',
    },
    ms: {
      title: 'Dompet {currency} anda aktif semula',
      body: 'Anda boleh menggunakan dompet {currency} seperti biasa. Terima kasih atas kesabaran anda.',
      sms: 'Tchat: dompet {currency} anda aktif semula.',
    },
    fil: {
      title: 'Bukas na ulit ang iyong {currency} wallet',
      body: 'Magagamit mo na ulit ang iyong {currency} wallet. Salamat sa paghihintay.',
      sms: 'Tchat: magagamit mo na ulit ang iyong {currency} wallet.',
    },
    vi: {
      title: 'Ví {currency} của bạn đã mở lại',
      body: 'Bạn có thể dùng ví {currency} như trước. Cảm ơn bạn đã chờ.',
      sms: 'Tchat: vi {currency} cua ban da mo lai.',
    },
  },
};
