import type { Template } from '../../template.ts';

/** `tier` is the one that was asked for and is in force from now on. */
export const kycApproved: Template = {
  channel: 'account',
  variables: { tier: 'count' },
  texts: {
    en: {
      title: 'You are verified',
      body: 'Your identity was verified. Your account is now at level {tier, number}.',
      sms: 'Tchat: your identity was verified. Your account is now at level {tier, number}.',
    },
    th: {
      title: 'ยืนยันตัวตนสำเร็จ',
      body: 'เรายืนยันตัวตนของคุณแล้ว บัญชีของคุณอยู่ในระดับ {tier, number}',
      sms: 'Tchat: ยืนยันตัวตนสำเร็จ บัญชีของคุณอยู่ในระดับ {tier, number}',
    },
    id: {
      title: 'Identitas Anda terverifikasi',
      body: 'Identitas Anda telah diverifikasi. Akun Anda kini berada di tingkat {tier, number}.',
      sms: 'Tchat: identitas Anda telah diverifikasi. Akun Anda kini di tingkat {tier, number}.',
    },
    ms: {
      title: 'Identiti anda disahkan',
      body: 'Identiti anda telah disahkan. Akaun anda kini di tahap {tier, number}.',
      sms: 'Tchat: identiti anda telah disahkan. Akaun anda kini di tahap {tier, number}.',
    },
    fil: {
      title: 'Verified ka na',
      body: 'Na-verify na ang iyong pagkakakilanlan. Nasa level {tier, number} na ang account mo.',
      sms: 'Tchat: verified ka na. Nasa level {tier, number} na ang account mo.',
    },
    vi: {
      title: 'Bạn đã được xác minh',
      body: 'Danh tính của bạn đã được xác minh. Tài khoản của bạn hiện ở cấp {tier, number}.',
      sms: 'Tchat: danh tinh cua ban da duoc xac minh. Tai khoan hien o cap {tier, number}.',
    },
  },
};
