import { WANTED } from '#shared/contracts/verification/document.ts';
import type { Template } from '../../template.ts';
import { DOCUMENT_WORDS } from './document-words.ts';

export const kycMoreNeeded: Template = {
  channel: 'account',
  variables: { wanted: { several: WANTED } },
  texts: {
    en: {
      title: 'We need a little more from you',
      body: 'To verify you, we still need: {wanted}.',
      sms: 'Tchat: to verify you, we need a little more. Please open the app.',
      words: { wanted: DOCUMENT_WORDS.en },
    },
    th: {
      title: 'เราต้องการข้อมูลเพิ่มเติม',
      body: 'เพื่อยืนยันตัวตนของคุณ เรายังต้องการ: {wanted}',
      sms: 'Tchat: เราต้องการข้อมูลเพิ่มเพื่อยืนยันตัวตน โปรดเปิดแอป',
      words: { wanted: DOCUMENT_WORDS.th },
    },
    id: {
      title: 'Kami perlu sedikit data lagi',
      body: 'Untuk memverifikasi Anda, kami masih memerlukan: {wanted}.',
      sms: 'Tchat: untuk memverifikasi Anda, kami perlu sedikit data lagi. Silakan buka aplikasi.',
      words: { wanted: DOCUMENT_WORDS.id },
    },
    ms: {
      title: 'Kami perlu sedikit lagi maklumat',
      body: 'Untuk mengesahkan anda, kami masih memerlukan: {wanted}.',
      sms: 'Tchat: untuk mengesahkan anda, kami perlu sedikit lagi maklumat. Sila buka aplikasi.',
      words: { wanted: DOCUMENT_WORDS.ms },
    },
    fil: {
      title: 'May kailangan pa kami mula sa iyo',
      body: 'Para ma-verify ka, kailangan pa namin ng: {wanted}.',
      sms: 'Tchat: para ma-verify ka, may kailangan pa kami. Buksan ang app.',
      words: { wanted: DOCUMENT_WORDS.fil },
    },
    vi: {
      title: 'Chúng tôi cần thêm thông tin',
      body: 'Để xác minh, chúng tôi còn cần: {wanted}.',
      sms: 'Tchat: de xac minh, chung toi can them thong tin. Vui long mo ung dung.',
      words: { wanted: DOCUMENT_WORDS.vi },
    },
  },
};
