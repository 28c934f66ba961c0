import type { Template } from '../../template.ts';

export const ordersDelivered: Template = {
  channel: 'order_updates',
  variables: { order: 'reference', shop: 'name' },
  texts: {
    en: {
      title: 'Your order has arrived',
      body: 'Your order #{order} from {shop} was delivered. Is something wrong? Ask for a return in the order.',
      sms: 'Tchat: your order #{order} from {shop} was delivered.',
    },
    th: {
      title: 'คำสั่งซื้อส่งถึงแล้ว',
      body: 'คำสั่งซื้อ #{order} จาก {shop} ส่งถึงแล้ว หากมีปัญหา ขอคืนสินค้าได้ในหน้าคำสั่งซื้อ',
      sms: 'Tchat: คำสั่งซื้อ #{order} จาก {shop} ส่งถึงแล้ว',
    },
    id: {
      title: 'Pesanan Anda telah sampai',
      body: 'Pesanan #{order} dari {shop} telah diantar. Ada masalah? Ajukan pengembalian di halaman pesanan.',
      sms: 'Tchat: pesanan #{order} dari {shop} telah diantar.',
    },
    ms: {
      title: 'Pesanan anda telah sampai',
      body: 'Pesanan #{order} daripada {shop} telah dihantar. Ada masalah? Mohon pemulangan di halaman pesanan.',
      sms: 'Tchat: pesanan #{order} daripada {shop} telah dihantar.',
    },
    fil: {
      title: 'Dumating na ang iyong order',
      body: 'Naihatid na ang order #{order} mula sa {shop}. May problema? Humiling ng return sa page ng order.',
      sms: 'Tchat: naihatid na ang order #{order} mula sa {shop}.',
    },
    vi: {
      title: 'Đơn hàng đã được giao',
      body: 'Đơn hàng #{order} từ {shop} đã được giao. Có vấn đề? Hãy yêu cầu trả hàng trong trang đơn hàng.',
      sms: 'Tchat: don hang #{order} tu {shop} da duoc giao.',
    },
  },
};
