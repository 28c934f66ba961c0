import type { Template } from '../../template.ts';

export const ordersConfirmed: Template = {
  channel: 'order_updates',
  variables: { order: 'reference', shop: 'name' },
  texts: {
    en: {
      title: 'Your order is confirmed',
      body: '{shop} has confirmed your order #{order} and is preparing it.',
      sms: 'Tchat: {shop} has confirmed your order #{order}.',
    },
    th: {
      title: 'ยืนยันคำสั่งซื้อแล้ว',
      body: '{shop} ยืนยันคำสั่งซื้อ #{order} แล้ว และกำลังจัดเตรียมสินค้า',
      sms: 'Tchat: {shop} ยืนยันคำสั่งซื้อ #{order} แล้ว',
    },
    id: {
      title: 'Pesanan Anda dikonfirmasi',
      body: '{shop} telah mengonfirmasi pesanan #{order} dan sedang menyiapkannya.',
      sms: 'Tchat: {shop} telah mengonfirmasi pesanan #{order}.',
    },
    ms: {
      title: 'Pesanan anda disahkan',
      body: '{shop} telah mengesahkan pesanan #{order} dan sedang menyediakannya.',
      sms: 'Tchat: {shop} telah mengesahkan pesanan #{order}.',
    },
    fil: {
      title: 'Kumpirmado na ang iyong order',
      body: 'Kinumpirma na ng {shop} ang order #{order} at inihahanda na ito.',
      sms: 'Tchat: kinumpirma na ng {shop} ang order #{order}.',
    },
    vi: {
      title: 'Đơn hàng đã được xác nhận',
      body: '{shop} đã xác nhận đơn hàng #{order} và đang chuẩn bị hàng.',
      sms: 'Tchat: {shop} da xac nhan don hang #{order}.',
    },
  },
};
