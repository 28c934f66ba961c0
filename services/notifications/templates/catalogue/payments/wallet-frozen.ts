import type { Template } from '../../template.ts';

export const paymentsWalletFrozen: Template = {
  channel: 'payments',
  variables: { currency: 'reference' },
  texts: {
    en: {
      title: 'Your {currency} wallet is frozen',
      body: 'Nothing can leave your {currency} wallet until we have looked into it. Money that is sent to you still arrives. Contact support in the app.',
      sms: 'Tchat: your {currency} wallet is frozen. Nothing can leave it for now. Contact support in the app.',
    },
    th: {
      title: 'วอลเล็ต {currency} ของคุณถูกระงับการใช้งาน',
      body: 'ยังโอนเงินออกจากวอลเล็ต {currency} ไม่ได้จนกว่าเราจะตรวจสอบเสร็จ เงินที่มีคนโอนให้ยังเข้าตามปกติ ติดต่อฝ่ายช่วยเหลือได้ในแอป',
      sms: 'Tchat: วอลเล็ต {currency} ของคุณถูกระงับการใช้งาน ติดต่อฝ่ายช่วยเหลือในแอป',
    },
    id: {
      title: 'Dompet {currency} Anda dibekukan',
      body: 'Uang tidak dapat keluar dari dompet {currency} Anda sampai pemeriksaan kami selesai. Uang yang dikirim kepada Anda tetap masuk. Hubungi bantuan di aplikasi.',
      sms: 'Tchat: dompet {currency} Anda dibekukan untuk sementara. Hubungi bantuan di aplikasi.',
    },
    ms: {
      title: 'Dompet {currency} anda dibekukan',
      body: 'Wang tidak boleh keluar daripada dompet {currency} anda sehingga semakan kami selesai. Wang yang dihantar kepada anda masih diterima. Hubungi bantuan dalam aplikasi.',
      sms: 'Tchat: dompet {currency} anda dibekukan buat sementara. Hubungi bantuan dalam aplikasi.',
    },
    fil: {
      title: 'Naka-freeze ang iyong {currency} wallet',
      body: 'Walang mailalabas na pera sa iyong {currency} wallet hanggang matapos ang aming pagsusuri. Papasok pa rin ang perang ipinadala sa iyo. Makipag-ugnayan sa support sa app.',
      sms: 'Tchat: naka-freeze muna ang iyong {currency} wallet. Makipag-ugnayan sa support sa app.',
    },
    vi: {
      title: 'Ví {currency} của bạn bị tạm khóa',
      body: 'Tiền không thể ra khỏi ví {currency} của bạn cho đến khi chúng tôi kiểm tra xong. Tiền gửi đến cho bạn vẫn được nhận. Hãy liên hệ bộ phận hỗ trợ trong ứng dụng.',
      sms: 'Tchat: vi {currency} cua ban bi tam khoa. Hay lien he bo phan ho tro trong ung dung.',
    },
  },
};
