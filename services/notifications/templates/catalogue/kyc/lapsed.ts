import type { Template } from '../../template.ts';

/** `tier` is the one that ran out. */
export const kycLapsed: Template = {
  channel: 'account',
  variables: { tier: 'count' },
  texts: {
    en: {
      title: 'Your verification has expired',
      body: 'Your verification for level {tier, number} has expired, so your limits are lower now. Verify yourself again in Tchat.',
      sms: 'Tchat: your verification for level {tier, number} has expired. Please verify again in the app.',
    },
    th: {
      title: 'การยืนยันตัวตนหมดอายุ',
      body: 'การยืนยันตัวตนระดับ {tier, number} หมดอายุแล้ว วงเงินของคุณจึงลดลง โปรดยืนยันใหม่ใน Tchat',
      sms: 'Tchat: การยืนยันตัวตนระดับ {tier, number} หมดอายุ โปรดยืนยันใหม่ในแอป',
    },
    id: {
      title: 'Verifikasi Anda telah berakhir',
      body: 'Verifikasi tingkat {tier, number} Anda telah berakhir, jadi batas transaksi Anda kini lebih rendah. Silakan verifikasi lagi di Tchat.',
      sms: 'Tchat: verifikasi tingkat {tier, number} Anda telah berakhir. Silakan verifikasi lagi di aplikasi.',
    },
    ms: {
      title: 'Pengesahan anda telah tamat tempoh',
      body: 'Pengesahan tahap {tier, number} anda telah tamat tempoh, jadi had transaksi anda kini lebih rendah. Sila sahkan semula di Tchat.',
      sms: 'Tchat: pengesahan tahap {tier, number} anda telah tamat tempoh. Sila sahkan semula dalam aplikasi.',
    },
    fil: {
      title: 'Nag-expire na ang iyong verification',
      body: 'Nag-expire na ang iyong verification para sa level {tier, number}, kaya mas mababa na ang mga limit mo. Mag-verify ulit sa Tchat.',
      sms: 'Tchat: nag-expire na ang iyong verification para sa level {tier, number}. Mag-verify ulit sa app.',
    },
    vi: {
      title: 'Xác minh đã hết hạn',
      body: 'Xác minh cấp {tier, number} của bạn đã hết hạn nên hạn mức hiện thấp hơn. Vui lòng xác minh lại trong Tchat.',
      sms: 'Tchat: xac minh cap {tier, number} cua ban da het han. Vui long xac minh lai trong ung dung.',
    },
  },
};
