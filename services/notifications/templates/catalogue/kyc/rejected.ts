import type { Template } from '../../template.ts';

/** `reason` is a reviewer's words, or a code that the words below say in each language. */
export const kycRejected: Template = {
  channel: 'account',
  variables: { 'reason?': 'words' },
  texts: {
    en: {
      title: 'We could not verify you',
      body: 'We could not verify your identity.{has_reason, select, yes { Reason: {reason}} other {}} You can try again in Tchat.',
      sms: 'Tchat: we could not verify your identity. Open the app to see why and try again.',
      words: {
        reason: {
          registry_refused: 'the register does not know the details you gave.',
          not_answered: 'we did not get what we asked you for.',
        },
      },
    },
    th: {
      title: 'ยืนยันตัวตนไม่สำเร็จ',
      body: 'เราไม่สามารถยืนยันตัวตนของคุณได้{has_reason, select, yes { เหตุผล: {reason}} other {}} คุณลองใหม่ได้ใน Tchat',
      sms: 'Tchat: ยืนยันตัวตนไม่สำเร็จ เปิดแอปเพื่อดูเหตุผลและลองใหม่',
      words: {
        reason: { registry_refused: 'ข้อมูลไม่ตรงกับทะเบียนของทางการ', not_answered: 'เราไม่ได้รับสิ่งที่ขอเพิ่ม' },
      },
    },
    id: {
      title: 'Verifikasi belum berhasil',
      body: 'Kami belum dapat memverifikasi identitas Anda.{has_reason, select, yes { Alasan: {reason}} other {}} Anda dapat mencoba lagi di Tchat.',
      sms: 'Tchat: kami belum dapat memverifikasi identitas Anda. Buka aplikasi untuk melihat alasannya dan mencoba lagi.',
      words: {
        reason: {
          registry_refused: 'data Anda tidak ditemukan di catatan resmi.',
          not_answered: 'kami tidak menerima data yang kami minta.',
        },
      },
    },
    ms: {
      title: 'Pengesahan tidak berjaya',
      body: 'Kami tidak dapat mengesahkan identiti anda.{has_reason, select, yes { Sebab: {reason}} other {}} Anda boleh mencuba lagi di Tchat.',
      sms: 'Tchat: kami tidak dapat mengesahkan identiti anda. Buka aplikasi untuk melihat sebabnya dan mencuba lagi.',
      words: {
        reason: {
          registry_refused: 'maklumat anda tiada dalam daftar rasmi.',
          not_answered: 'kami tidak menerima maklumat yang diminta.',
        },
      },
    },
    fil: {
      title: 'Hindi ka namin na-verify',
      body: 'Hindi namin na-verify ang iyong pagkakakilanlan.{has_reason, select, yes { Dahilan: {reason}} other {}} Maaari mong subukan ulit sa Tchat.',
      sms: 'Tchat: hindi namin na-verify ang iyong pagkakakilanlan. Buksan ang app para makita ang dahilan at subukan ulit.',
      words: {
        reason: {
          registry_refused: 'wala sa opisyal na talaan ang detalye mo.',
          not_answered: 'hindi namin natanggap ang hiningi namin.',
        },
      },
    },
    vi: {
      title: 'Xác minh chưa thành công',
      body: 'Chúng tôi chưa thể xác minh danh tính của bạn.{has_reason, select, yes { Lý do: {reason}} other {}} Bạn có thể thử lại trong Tchat.',
      sms: 'Tchat: chung toi chua the xac minh danh tinh cua ban. Mo ung dung de xem ly do va thu lai.',
      words: {
        reason: {
          registry_refused: 'thông tin không có trong dữ liệu chính thức.',
          not_answered: 'chúng tôi chưa nhận được thông tin đã yêu cầu.',
        },
      },
    },
  },
};
