import type { Template } from '../../template.ts';

/** To the merchant. */
export const ordersReturnRequested: Template = {
  channel: 'order_updates',
  variables: { order: 'reference' },
  texts: {
    en: {
      title: 'Return of order #{order}',
      body: 'The customer would like to return order #{order}. Please review it and reply.',
      sms: 'Tchat: the customer would like to return order #{order}. Please reply in the app.',
    },
    th: {
      title: 'ขอคืนสินค้า #{order}',
      body: 'ลูกค้าขอคืนสินค้าของคำสั่งซื้อ #{order} โปรดตรวจสอบและตอบกลับ',
      sms: 'Tchat: ลูกค้าขอคืนสินค้า #{order} โปรดตอบกลับในแอป',
    },
    id: {
      title: 'Pengembalian pesanan #{order}',
      body: 'Pembeli ingin mengembalikan pesanan #{order}. Silakan periksa dan jawab.',
      sms: 'Tchat: pembeli ingin mengembalikan pesanan #{order}. Silakan jawab di aplikasi.',
    },
    ms: {
      title: 'Pemulangan pesanan #{order}',
      body: 'Pelanggan ingin memulangkan pesanan #{order}. Sila semak dan jawab.',
      sms: 'Tchat: pelanggan ingin memulangkan pesanan #{order}. Sila jawab dalam aplikasi.',
    },
    fil: {
      title: 'Return ng order #{order}',
      body: 'Gustong isauli ng customer ang order #{order}. Pakitingnan at sagutin ito.',
      sms: 'Tchat: gustong isauli ng customer ang order #{order}. Pakisagot sa app.',
    },
    vi: {
      title: 'Trả hàng của đơn #{order}',
      body: 'Khách muốn trả hàng của đơn #{order}. Vui lòng xem và trả lời.',
      sms: 'Tchat: khach muon tra hang cua don #{order}. Vui long tra loi trong ung dung.',
    },
  },
};
