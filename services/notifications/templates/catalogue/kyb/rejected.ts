import type { Template } from '../../template.ts';

/** `reason` is a reviewer's words, or a code that the words below say in each language. */
export const kybRejected: Template = {
  channel: 'account',
  variables: { shop: 'name', 'reason?': 'words' },
  texts: {
    en: {
      title: 'We could not verify {shop}',
      body: 'We could not verify your shop {shop}.{has_reason, select, yes { Reason: {reason}} other {}} You can try again in Tchat.',
      sms: 'Tchat: we could not verify your shop {shop}. Open the app to see why and try again.',
      words: {
        reason: {
          registry_refused: 'the register does not know the details you gave.',
          not_answered: 'we did not get what we asked you for.',
        },
      },
    },
    th: {
      title: 'ยืนยัน {shop} ไม่สำเร็จ',
      body: 'เราไม่สามารถยืนยันร้าน {shop} ได้{has_reason, select, yes { เหตุผล: {reason}} other {}} คุณลองใหม่ได้ใน Tchat',
      sms: 'Tchat: ยืนยันร้าน {shop} ไม่สำเร็จ เปิดแอปเพื่อดูเหตุผลและลองใหม่',
      words: {
        reason: { registry_refused: 'ข้อมูลไม่ตรงกับทะเบียนของทางการ', not_answered: 'เราไม่ได้รับสิ่งที่ขอเพิ่ม' },
      },
    },
    id: {
      title: 'Verifikasi {shop} belum berhasil',
      body: 'Kami belum dapat memverifikasi toko {shop}.{has_reason, select, yes { Alasan: {reason}} other {}} Anda dapat mencoba lagi di Tchat.',
      sms: 'Tchat: kami belum dapat memverifikasi toko {shop}. Buka aplikasi untuk melihat alasannya dan mencoba lagi.',
      words: {
        reason: {
          registry_refused: 'data Anda tidak ditemukan di catatan resmi.',
          not_answered: 'kami tidak menerima data yang kami minta.',
        },
      },
    },
    ms: {
      title: 'Pengesahan {shop} tidak berjaya',
      body: 'Kami tidak dapat mengesahkan kedai {shop}.{has_reason, select, yes { Sebab: {reason}} other {}} Anda boleh mencuba lagi di Tchat.',
      sms: 'Tchat: kami tidak dapat mengesahkan kedai {shop}. Buka aplikasi untuk melihat sebabnya dan mencuba lagi.',
      words: {
        reason: {
          registry_refused: 'maklumat anda tiada dalam daftar rasmi.',
          not_answered: 'kami tidak menerima maklumat yang diminta.',
        },
      },
    },
    fil: {
      title: 'Hindi namin na-verify ang {shop}',
      body: 'Hindi namin na-verify ang shop mong {shop}.{has_reason, select, yes { Dahilan: {reason}} other {}} Maaari mong subukan ulit sa Tchat.',
      sms: 'Tchat: hindi namin na-verify ang shop mong {shop}. Buksan ang app para makita ang dahilan at subukan ulit.',
      words: {
        reason: {
          registry_refused: 'wala sa opisyal na talaan ang detalye mo.',
          not_answered: 'hindi namin natanggap ang hiningi namin.',
        },
      },
    },
    vi: {
      title: 'Chưa xác minh được {shop}',
      body: 'Chúng tôi chưa thể xác minh cửa hàng {shop}.{has_reason, select, yes { Lý do: {reason}} other {}} Bạn có thể thử lại trong Tchat.',
      sms: 'Tchat: chung toi chua the xac minh cua hang {shop}. Mo ung dung de xem ly do va thu lai.',
      words: {
        reason: {
          registry_refused: 'thông tin không có trong dữ liệu chính thức.',
          not_answered: 'chúng tôi chưa nhận được thông tin đã yêu cầu.',
        },
      },
    },
  },
};
