import type { Template } from '../../template.ts';

/** `tier` is what is left of it: the one in force from now on, 0 for none. */
export const kycLapsed: Template = {
  channel: 'account',
  variables: { tier: 'count' },
  texts: {
    en: {
      title: 'Your verification has run out',
      body: 'Your verification has run out, so your account is now at level {tier, number}. Verify yourself again to have your limits back.',
      sms: 'Tchat: your verification has run out. Your account is now at level {tier, number}. Verify again in the app.',
    },
    th: {
      title: 'การยืนยันตัวตนหมดอายุ',
      body: 'การยืนยันตัวตนของคุณหมดอายุ บัญชีจึงอยู่ระดับ {tier, number} ยืนยันใหม่เพื่อรับวงเงินเดิม',
      sms: 'Tchat: การยืนยันตัวตนหมดอายุ บัญชีอยู่ระดับ {tier, number} ยืนยันใหม่ได้ในแอป',
    },
    id: {
      title: 'Verifikasi Anda telah berakhir',
      body: 'Verifikasi Anda telah berakhir, jadi akun Anda kini di tingkat {tier, number}. Lakukan verifikasi lagi agar batas Anda kembali.',
      sms: 'Tchat: verifikasi Anda telah berakhir. Akun Anda kini di tingkat {tier, number}. Verifikasi lagi di aplikasi.',
    },
    ms: {
      title: 'Pengesahan anda telah tamat tempoh',
      body: 'Pengesahan anda telah tamat tempoh, jadi akaun anda kini di tahap {tier, number}. Sahkan semula untuk mendapatkan had asal.',
      sms: 'Tchat: pengesahan anda telah tamat tempoh. Akaun anda kini di tahap {tier, number}. Sahkan semula dalam aplikasi.',
    },
    fil: {
      title: 'Nag-expire na ang iyong verification',
      body: 'Nag-expire na ang iyong verification, kaya nasa level {tier, number} na ang account mo. Mag-verify ulit para maibalik ang iyong limit.',
      sms: 'Tchat: nag-expire na ang iyong verification. Nasa level {tier, number} na ang account mo. Mag-verify ulit sa app.',
    },
    vi: {
      title: 'Xác minh đã hết hạn',
      body: 'Xác minh của bạn đã hết hạn nên tài khoản hiện ở cấp {tier, number}. Hãy xác minh lại để khôi phục hạn mức.',
      sms: 'Tchat: xac minh cua ban da het han. Tai khoan hien o cap {tier, number}. Xac minh lai trong ung dung.',
    },
  },
};
